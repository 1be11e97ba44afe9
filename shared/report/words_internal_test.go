package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ksbb/shared/bahasa"
)

func TestChangesAreSaidNoMoreExactlyThanTheyAreKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, was int64
		want     string
	}{
		{5, 0, "setelah Februari tanpa komitmen baru"},
		{5, 5, "sama banyaknya dengan Februari"},
		{5, 3, "naik dari 3 pada Februari"},
		{3, 5, "turun dari 5 pada Februari"},
		{40, 19, "naik dari 19 pada Februari"},
		{112, 100, "naik 12% dari Februari"},
		{88, 100, "turun 12% dari Februari"},
		{1001, 1000, "hampir sama dengan Februari"},
		{199, 100, "naik 99% dari Februari"},
		{19_999, 10_000, "naik 99% dari Februari"},
		{200, 100, "2 kali lipat Februari"},
		{350, 100, "lebih dari 3 kali lipat Februari"},
		{1, 1000, "turun 99% dari Februari"},
	} {
		if got := trend(bahasa.Indonesian, c.now, c.was, "Februari", "pada Februari"); got != c.want {
			t.Errorf("%d after %d is %q, want %q", c.now, c.was, got, c.want)
		}
	}
}

// A name is what somebody typed or imported.
func TestNoSentenceHoldsWhatNobodySees(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"RW 03\r\nCilincing\t ":              "RW 03 Cilincing",
		"\u202eterbalik\u202c \u2066x\u2069": "terbalik x",
		"👩‍👧 \"Ibu\" <b>&amp;":               "👩‍👧 \"Ibu\" <b>&amp;",
		"a\x00b\xff\u200bc\ufeff":            "a bc",
		"=1+1":                               "=1+1",
	} {
		if got := seen(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := seen(rapid.String().Draw(t, "s"))
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) || seen(s) != s {
			t.Fatalf("%q", s)
		}
	})
}
