/** Dates of the proleptic Gregorian calendar as counts of days, for any year; `Date` ends at year 275,760 and mistreats the first century. */

export interface CivilDate {
  readonly year: number
  /** 1 is January. */
  readonly month: number
  readonly day: number
}

/** Days from 1970-01-01 to a date. A month or day outside of the calendar rolls over, as in Go's `time.Date`. */
export const daysOf = (year: number, month: number, day: number): number => {
  const months = year * 12 + month - 1
  const realMonth = (((months % 12) + 12) % 12) + 1
  const realYear = (months - (realMonth - 1)) / 12
  const shifted = realMonth <= 2 ? realYear - 1 : realYear
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (realMonth + (realMonth > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The date so many days after 1970-01-01. */
export const dateOf = (days: number): CivilDate => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  }
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

export const isDate = (year: number, month: number, day: number): boolean =>
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  (day <= daysOfMonth[month - 1]! || (month === 2 && day === 29 && isLeap(year)))
