package intake

import (
	"regexp"
	"strings"
)

var (
	// callable is what could be a telephone number: not the decimals of a
	// coordinate, and no area code, which begins otherwise.
	callable = regexp.MustCompile(`(^|[^\d.,])((?:\+?62|0|8)[\d -]{7,}\d)`)
	writable = regexp.MustCompile(`[^\s@;,"]+@[^\s@;,"]+`)
)

// Masked returns a value of a field as it is shown to those who look at an
// import: a list may hold contacts, and whoever sees one says why and is
// recorded. What could be a telephone number or an e-mail address is cut to its
// beginning, in whatever column it stands.
func Masked(field, s string) string {
	if field == "phone" {
		digits := 0
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return r
			}
			if digits++; digits > 4 {
				return '•'
			}
			return r
		}, s)
	}
	s = callable.ReplaceAllStringFunc(s, func(found string) string {
		at := strings.IndexAny(found, "+0123456789")
		return found[:at] + found[at:at+4] + "••••••"
	})
	return writable.ReplaceAllStringFunc(s, func(found string) string {
		_, domain, _ := strings.Cut(found, "@")
		return string([]rune(found)[:1]) + "••••••@" + domain
	})
}
