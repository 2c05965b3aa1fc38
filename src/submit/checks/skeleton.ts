/**
 * What a name looks like: two names with one skeleton can be taken for each other (UTS 39 section 4). The table of confusable
 * characters is Unicode's, as the package `unhomoglyph` carries it.
 */
import unhomoglyph from 'unhomoglyph';

export function skeleton(text: string): string {
  // Some characters become ones that have a twin of their own.
  const plain = unhomoglyph(unhomoglyph(text.normalize('NFKC').normalize('NFD'))).normalize('NFD');
  // The table keeps i and l apart; many fonts hardly do (the Cyrillic palochka is its i, and everybody's l).
  return plain.toLowerCase().replaceAll('i', 'l');
}
