package bahasa

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

func TestFiguresAndDaysAreWrittenAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)
	noon := time.Date(2026, 5, 22, 6, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Number(0), "0"}, {Number(999), "999"}, {Number(1642), "1.642"}, {Number(1234567), "1.234.567"}, {Number(-1642), "−1.642"},
		{Rupiah(200_000), "Rp200.000"},
		{Month(time.December), "Desember"},
		{Span(aid.Period{From: "2026-05-22", To: "2026-05-22"}), "22 Mei 2026"}, {Span(aid.Period{From: "2026-05-22", To: "2026-05-24"}), "22–24 Mei 2026"},
		{Span(aid.Period{From: "2026-05-30", To: "2026-06-02"}), "30 Mei – 2 Juni 2026"},
		{Span(aid.Period{From: "2026-12-30", To: "2027-01-02"}), "30 Desember 2026 – 2 Januari 2027"}, {Span(aid.Period{From: "22/5"}), "22/5"},
		{Weekdays(aid.Period{From: "2026-05-22", To: "2026-05-24"}), "Jumat, 22 Mei 2026 sampai Minggu, 24 Mei 2026"},
		{Weekdays(aid.Period{From: "2026-05-22", To: "2026-05-22"}), "Jumat, 22 Mei 2026"}, {Weekdays(aid.Period{From: "2026-05-22"}), "Jumat, 22 Mei 2026"},
		{Date("2026-05-22"), "22 Mei 2026"}, {Date("22/5"), "22/5"},
		{Weekday("2026-05-24"), "Minggu, 24 Mei 2026"}, {Weekday(""), ""},
		{Instant(noon, wib), "Jumat, 22 Mei 2026 pukul 13.05 WIB"},
		{Instant(noon.Add(11*time.Hour), wib), "Sabtu, 23 Mei 2026 pukul 00.05 WIB"},
		{Appointment(aid.Appointment{On: "2026-05-22"}, noon, wib), "Jumat, 22 Mei 2026"},
		{Appointment(aid.Appointment{On: "2026-05-22", From: "09:00", To: "11:30"}, noon, wib), "Jumat, 22 Mei 2026, pukul 09.00–11.30 WIB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q; want %q", c.got, c.want)
		}
	}
}

func TestAmountsAreSaidWithThreeDigitsAndExactlyBelowAMillion(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "Rp0", 950: "Rp950", 250_000: "Rp250.000", 999_499: "Rp999.499", 999_999: "Rp999.999", 1_000_000: "Rp1 juta", 1_004_999: "Rp1 juta",
		1_005_000: "Rp1,01 juta", 1_050_000: "Rp1,05 juta", 1_240_000: "Rp1,24 juta", 9_994_999: "Rp9,99 juta", 9_995_000: "Rp10 juta", 12_340_000: "Rp12,3 juta",
		99_949_999: "Rp99,9 juta", 99_950_000: "Rp100 juta", 412_540_000: "Rp413 juta", 999_499_999: "Rp999 juta", 999_500_000: "Rp1 miliar",
		1_050_000_000: "Rp1,05 miliar", 1_240_000_000: "Rp1,24 miliar", 15_000_000_000: "Rp15 miliar", 113_552_135_000: "Rp114 miliar",
		999_500_000_000: "Rp1 triliun", 1_240_000_000_000: "Rp1,24 triliun", 12_345_000_000_000: "Rp12,3 triliun", 1_234_567_000_000_000: "Rp1.235 triliun",
		-7: "−Rp7", -1_500_000: "−Rp1,5 juta", -999_999: "−Rp999.999",
	} {
		if got := Short(n); got != want {
			t.Errorf("%d is said as %q, want %q", n, got, want)
		}
	}
}

func TestPartsAreNeverSaidToBeNothingOrAllUnlessTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, whole int64
		want        string
	}{
		{0, 5, "0%"}, {5, 5, "100%"}, {1, 3, "33%"}, {2, 3, "67%"}, {1, 9999, "<1%"}, {9998, 9999, ">99%"}, {0, 0, "–"}, {3, 0, "–"}, {-1, 5, "–"},
		{1, 200, "1%"}, {995, 1000, ">99%"}, {994, 1000, "99%"}, {6, 5, "120%"}, {1001, 1000, ">100%"}, {5000, 2, "250.000%"},
	} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.part, c.whole, got, c.want)
		}
	}
	for n, want := range map[int64]string{-1: "–", 0: "0%", 1: "<1%", 50: "1%", 3_449: "34%", 3_450: "35%", 3_456: "35%", 9_999: ">99%", 10_000: "100%"} {
		if got := Share(n); got != want {
			t.Errorf("%d ten-thousandths are %q, want %q", n, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 1e16).Draw(t, "whole")
		part := rapid.OneOf(rapid.Int64Range(0, 1e16), rapid.Int64Range(0, 3), rapid.Int64Range(max(0, whole-3), whole+3)).Draw(t, "part")
		switch got := Percent(part, whole); {
		case (got == "0%") != (part == 0), (got == "100%") != (part == whole), strings.HasPrefix(got, "<") && part >= whole, strings.HasPrefix(got, ">") && part == whole:
			t.Fatalf("%d of %d is %q", part, whole, got)
		}
	})
}

// What the statistics hold was rounded down.
func TestALittleFoodIsNotNone(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]tally.Register{
		"–": {Coverage: -1}, "0%": {}, "<1%": {HouseholdDays: 7}, "7%": {Coverage: 740, HouseholdDays: 7_000}, "100%": {Coverage: 10_000, HouseholdDays: 1},
	} {
		if got := Coverage(r); got != want {
			t.Errorf("%+v is %q, want %q", r, got, want)
		}
	}
}

func TestAnEstimateIsMarkedAndNoMoreExactThanItIsKnown(t *testing.T) {
	t.Parallel()
	for c, want := range map[tally.Count]string{
		{N: 0}: "0", {N: 9_999}: "9.999", {N: 12_345}: "12.345",
		{N: 12_345, Estimated: true}: "≈ 12.300", {N: 99_960, Estimated: true}: "≈ 100.000", {N: 1_234_567, Estimated: true}: "≈ 1.230.000",
	} {
		if got := Count(&c); got != want {
			t.Errorf("%+v is %q, want %q", c, got, want)
		}
	}
	if got := Count(nil); got != Nothing {
		t.Errorf("nobody told them apart, and yet they are %q", got)
	}
}

func TestHoursAndFilesAreMeasuredAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "kurang dari 1 jam", 1: "1 jam", aid.LongestHour - 1: "95 jam", aid.LongestHour: "96 jam atau lebih"} {
		if got := Hours(n); got != want {
			t.Errorf("%d hours are %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 bita", 999: "999 bita", 1_000: "1 KB", 999_499: "999 KB", 999_500: "1 MB", 1_248_213: "1,2 MB", 25_000_000: "25 MB", 1_234_500_000: "1.234,5 MB"} {
		if got := Size(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestClassesAndRoutesAllHaveNames(t *testing.T) {
	t.Parallel()
	for _, c := range aid.Classes {
		if got := Class(c); got == "" || got == string(c) {
			t.Errorf("class %q is called %q", c, got)
		}
	}
	for _, r := range []aid.Route{aid.Direct, aid.Aggregate} {
		if got := Route(r); got == "" || got == string(r) {
			t.Errorf("route %q is called %q", r, got)
		}
	}
	if Class("kerajaan") != "kerajaan" || Route("udara") != "udara" {
		t.Error("what nobody knows has lost its name")
	}
}

func TestThingsFollowANumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, unit, want string }{
		{"Paket Sembako", "paket", "paket sembako"},
		{"Paket Makanan Siap Saji Pagi-Malam", "porsi", "porsi makanan siap saji pagi-malam"},
		{"Paket THR per orang", "orang", "THR per orang"},
		{"Paket Pinjaman Modal", "pinjaman", "pinjaman modal"},
		{"Paket Pelatihan", "peserta", "peserta pelatihan"},
		{"Smartphone", "unit", "unit smartphone"},
		{"Galon", "galon", "galon"},
		{"Paket", "paket", "paket"},
		{"", "buah", "buah"},
	} {
		if got := Thing(aid.Package{Name: c.name, Unit: c.unit}); got != c.want {
			t.Errorf("%q in %q is %q, want %q", c.name, c.unit, got, c.want)
		}
	}
}

func TestListsEndWithAnd(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a dan b": {"a", "b"}, "a, b, dan c": {"a", "b", "c"}} {
		if got := List(words); got != want {
			t.Errorf("%q is listed as %q, want %q", words, got, want)
		}
	}
}
