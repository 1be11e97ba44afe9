package aid

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TextError refuses a text that a person typed. Code is that of a [Field]:
// "text" for characters that do not belong there, "too_long" otherwise.
type TextError struct{ Code, Detail string }

func (e *TextError) Error() string { return e.Detail }

// maxMarks is how many combining marks may follow one another. Every living
// script gets by with four; more is a name that spills over its neighbours.
const maxMarks = 4

// CleanText returns s as it is kept and shown: one line, without space at its
// ends or twice in a row, at most max runes. It refuses, with a *TextError,
// whatever a reader cannot see or that reorders what others read: control and
// format characters, bidirectional overrides, line breaks within, private use,
// noncharacters, invalid UTF-8. Emoji pass, except those glued together by an
// invisible joiner. Cleaning twice changes nothing.
func CleanText(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", &TextError{"text", "not valid UTF-8"}
	}
	var b strings.Builder
	runes, marks, space := 0, 0, false
	for _, r := range strings.TrimFunc(s, unicode.IsSpace) {
		if unicode.Is(unicode.Zs, r) {
			space = true
			continue
		}
		if forbidden(r) {
			return "", &TextError{"text", fmt.Sprintf("character %U is not allowed", r)}
		}
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		if marks > maxMarks {
			return "", &TextError{"text", "too many combining marks in a row"}
		}
		if space {
			b.WriteByte(' ')
			runes, space = runes+1, false
		}
		b.WriteRune(r)
		runes++
	}
	if runes > max {
		return "", &TextError{"too_long", fmt.Sprintf("longer than %d characters", max)}
	}
	return b.String(), nil
}

// unseen holds the characters that Unicode counts as letters, marks or symbols
// and that show nothing.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian selectors
		{Lo: 0x2065, Hi: 0x2065, Stride: 1}, // reserved among the bidi isolates
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // blank Braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xfe00, Hi: 0xfe0e, Stride: 1}, // variation selectors; FE0F, which makes ❤ an emoji, passes
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // halfwidth Hangul filler
		{Lo: 0xfff0, Hi: 0xfff8, Stride: 1}, // reserved, ignorable
		{Lo: 0xfffd, Hi: 0xfffd, Stride: 1}, // what broken encodings leave behind
	},
	R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}}, // tags and more selectors
}

func forbidden(r rune) bool {
	if r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef {
		return true // noncharacters
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unseen)
}

// maxEmail is the longest address that a mail server has to accept (RFC 5321).
const maxEmail = 254

// CleanEmail returns an address as it is kept: lower case, nothing around it.
// It takes what a mail service can deliver to and nothing else: one ASCII
// address without display name, quotes or comments, at a domain with a dot.
func CleanEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", false
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 || strings.ContainsAny(local, `"\`) || !strings.Contains(domain, ".") {
		return "", false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", false
		}
	}
	return s, true
}
