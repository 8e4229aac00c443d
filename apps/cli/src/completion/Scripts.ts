/** What a shell loads: as little as will do, since it asks `ourclone complete` for each word. */

const bash = `# ourclone completion for bash
_ourclone() {
  local IFS=$'\\n' line open=
  COMPREPLY=()
  while read -r line; do
    case $line in
      +*) open=1 ;;
    esac
    COMPREPLY+=("\${line:1}")
  done < <("\${COMP_WORDS[0]}" complete bash -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  compopt -o filenames 2>/dev/null
  if [ -n "$open" ]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _ourclone ourclone
`

const zsh = `#compdef ourclone
# ourclone completion for zsh
_ourclone() {
  local line text shown
  local -a open open_shown closed closed_shown
  while IFS= read -r line; do
    text=\${\${line#?}%%$'\\t'*}
    shown=\${\${line#?}/$'\\t'/  -- }
    if [[ $line == +* ]]; then
      open+=("$text") open_shown+=("$shown")
    else
      closed+=("$text") closed_shown+=("$shown")
    fi
  done < <("\${(Q)words[1]}" complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "$words[CURRENT]" 2>/dev/null)
  (( \${#open} )) && compadd -S '' -l -d open_shown -a open
  (( \${#closed} )) && compadd -l -d closed_shown -a closed
  (( \${#open} + \${#closed} ))
}
if [ "$funcstack[1]" = _ourclone ]; then _ourclone "$@"; else compdef _ourclone ourclone; fi
`

const fish = `# ourclone completion for fish
function __ourclone_complete
  ourclone complete fish -- (commandline -cp | string collect) 2>/dev/null
end
complete -c ourclone -f -a '(__ourclone_complete)'
`

export const scripts = { bash, zsh, fish } as const
export type Shell = keyof typeof scripts
