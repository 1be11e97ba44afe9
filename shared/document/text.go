package document

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// drawn holds the characters that both faces of the embedded font can draw and
// that mean something on these papers: Latin, Greek, Cyrillic, punctuation.
var drawn = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0020, Hi: 0x007e, Stride: 1},
		{Lo: 0x00a1, Hi: 0x00ac, Stride: 1},
		{Lo: 0x00ae, Hi: 0x017f, Stride: 1},
		{Lo: 0x01cd, Hi: 0x01dc, Stride: 1},
		{Lo: 0x01fa, Hi: 0x01ff, Stride: 1},
		{Lo: 0x0218, Hi: 0x021b, Stride: 1},
		{Lo: 0x0386, Hi: 0x0386, Stride: 1},
		{Lo: 0x0388, Hi: 0x038a, Stride: 1},
		{Lo: 0x038c, Hi: 0x038c, Stride: 1},
		{Lo: 0x038e, Hi: 0x03a1, Stride: 1},
		{Lo: 0x03a3, Hi: 0x03ce, Stride: 1},
		{Lo: 0x0400, Hi: 0x045f, Stride: 1},
		{Lo: 0x0490, Hi: 0x0491, Stride: 1},
		{Lo: 0x1e80, Hi: 0x1e85, Stride: 1},
		{Lo: 0x1ef2, Hi: 0x1ef3, Stride: 1},
		{Lo: 0x2013, Hi: 0x2015, Stride: 1},
		{Lo: 0x2018, Hi: 0x201e, Stride: 1},
		{Lo: 0x2020, Hi: 0x2022, Stride: 1},
		{Lo: 0x2026, Hi: 0x2026, Stride: 1},
		{Lo: 0x2030, Hi: 0x2030, Stride: 1},
		{Lo: 0x2039, Hi: 0x203a, Stride: 1},
		{Lo: 0x20ac, Hi: 0x20ac, Stride: 1},
		{Lo: 0x2122, Hi: 0x2122, Stride: 1},
		{Lo: 0x2212, Hi: 0x2212, Stride: 1},
		{Lo: 0x2248, Hi: 0x2248, Stride: 1},
		{Lo: 0x2260, Hi: 0x2260, Stride: 1},
		{Lo: 0x2264, Hi: 0x2265, Stride: 1},
	},
	LatinOffset: 2,
}

// alike replaces what the font lacks by what a reader takes it for. The
// transliterated hamza and ain stand in the names of many a pesantren.
var alike = map[rune]rune{
	'\u2010': '-', '\u2011': '-', '\u2012': '–',
	'ʿ': '‘', 'ʻ': '‘', 'ʽ': '‘', 'ʾ': '’', 'ʼ': '’',
	'\u2032': '’', '\u2033': '”',
}

// Printable returns s as the font can draw it: one line, spaces single. A
// letter that the font lacks loses its accent (ễ becomes e) or its ornament (𝐁
// becomes B); where nothing is left of it, a "?" stands for it and its
// neighbours. Emoji, marks and whatever cannot be seen are left out. Printing
// twice changes nothing.
func Printable(s string) string {
	var b strings.Builder
	space, lost, blank := false, false, true
	for _, r := range norm.NFC.String(s) {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = true
			continue
		}
		blank = false
		seen := visible(r)
		if seen == "" || seen == "?" && r != '?' && lost && !space {
			continue
		}
		lost = seen == "?" && r != '?'
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteString(seen)
	}
	if b.Len() == 0 && !blank {
		return "?"
	}
	return b.String()
}

// visible returns how one character is drawn, empty for not at all.
func visible(r rune) string {
	if unicode.Is(drawn, r) {
		return string(r)
	}
	if a, ok := alike[r]; ok {
		return string(a)
	}
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if part != ' ' && unicode.Is(drawn, part) {
			b.WriteRune(part)
		}
	}
	switch {
	case b.Len() > 0 && unicode.In(r, unicode.L, unicode.N, unicode.So):
		return b.String()
	case unicode.In(r, unicode.L, unicode.N):
		return "?"
	}
	return ""
}

// Lines breaks a printable text into lines no wider than most. Words are kept
// whole where a line can hold them. It returns at least one line.
func Lines(text string, most float64, width func(string) float64) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if width(longer) <= most {
			line = longer
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		for line = word; width(line) > most; {
			n := cut(line, most, width)
			out = append(out, line[:n])
			line = line[n:]
		}
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// cut returns how many bytes of a word fit, at least its first character.
func cut(word string, most float64, width func(string) float64) int {
	fits := 0
	for i, r := range word {
		end := i + len(string(r))
		if fits > 0 && width(word[:end]) > most {
			break
		}
		fits = end
	}
	return fits
}

// AtMost returns the first n lines, the last of them ending in "…" when more
// were left out.
func AtMost(n int, all []string, most float64, width func(string) float64) []string {
	if n <= 0 || len(all) <= n {
		return all
	}
	kept := append([]string(nil), all[:n]...)
	last := []rune(kept[n-1])
	for len(last) > 0 && width(string(last)+"…") > most {
		last = last[:len(last)-1]
	}
	kept[n-1] = strings.TrimRight(string(last), " ,.;:") + "…"
	return kept
}
