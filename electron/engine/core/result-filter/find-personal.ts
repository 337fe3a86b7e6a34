import type { SecretHit } from './find-secrets.ts';

const card = /(?<![\d.+-])(?:\d[ -]?){12,18}\d(?![\d.-])/g;
const iban = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g;
const ssn = /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g;
const issuers = /^(?:4|5[1-5]|2[2-7]|3[47]|6(?:011|5|4[4-9])|35|30[0-5]|3[68])/;

/** Payment cards by their check digit, bank accounts by theirs, US social security numbers by their ranges. */
export function findPersonal(bytes: Buffer): SecretHit[] {
  const text = bytes.toString('latin1');
  const hits: SecretHit[] = [];
  const take = (what: string, pattern: RegExp, isReal: (match: string) => boolean) => {
    for (const match of text.matchAll(pattern)) {
      const overlaps = hits.some((hit) => match.index < hit.end && match.index + match[0].length > hit.start);
      if (!overlaps && isReal(match[0])) hits.push({ what, start: match.index, end: match.index + match[0].length });
    }
  };
  take('bank account', iban, isIban);
  take('payment card', card, isCard);
  take('social security number', ssn, () => true);
  return hits.sort((a, b) => a.start - b.start);
}

function isCard(match: string): boolean {
  const digits = match.replace(/[ -]/g, '');
  if (!issuers.test(digits) || new Set(digits).size < 2) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIban(match: string): boolean {
  const plain = match.replaceAll(' ', '');
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
