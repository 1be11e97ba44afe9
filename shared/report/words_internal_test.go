package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMoneyIsSaidWithThreeDigits(t *testing.T) {
	t.Parallel()
	for rupiah, want := range map[int64]string{
		0: "Rp0", 950: "Rp950", 999_999: "Rp999.999", 1_000_000: "Rp1 juta", 1_004_999: "Rp1 juta", 1_005_000: "Rp1,01 juta", 9_994_999: "Rp9,99 juta",
		9_995_000: "Rp10 juta", 12_340_000: "Rp12,3 juta", 99_949_999: "Rp99,9 juta", 99_950_000: "Rp100 juta", 412_540_000: "Rp413 juta",
		999_499_999: "Rp999 juta", 999_500_000: "Rp1 miliar", 1_240_000_000: "Rp1,24 miliar", 1_050_000_000: "Rp1,05 miliar", 15_000_000_000: "Rp15 miliar",
		999_500_000_000: "Rp1 triliun", 2_346_000_000_000: "Rp2,35 triliun", 1_234_567_000_000_000: "Rp1.235 triliun",
	} {
		if got := money(rupiah); got != want {
			t.Errorf("%d is %s, want %s", rupiah, got, want)
		}
	}
}

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
		if got := trend(c.now, c.was, "Februari"); got != c.want {
			t.Errorf("%d after %d is %q, want %q", c.now, c.was, got, c.want)
		}
	}
}

func TestPartsAreNeverSaidToBeNothingOrAllUnlessTheyAre(t *testing.T) {
	t.Parallel()
	for part, want := range map[int64]string{0: "0%", 1: "kurang dari 1%", 50: "1%", 3_449: "34%", 3_450: "35%", 9_949: "99%", 9_999: "lebih dari 99%", 10_000: "100%", 12_000: "120%"} {
		if got := percent(part, 10_000); got != want {
			t.Errorf("%d of 10,000 is %s, want %s", part, got, want)
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
