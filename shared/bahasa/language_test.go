package bahasa

import (
	"html/template"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

func TestFiguresAndDaysAreWrittenAsEnglishReadersReadThem(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)
	noon := time.Date(2026, 5, 22, 6, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{English.Number(1_234_567), "1,234,567"}, {English.Number(-1642), "−1,642"}, {Indonesian.Number(1642), "1.642"},
		{English.Rupiah(200_000), "Rp200,000"}, {English.Short(1_240_000_000), "Rp1.24 billion"}, {English.Short(999_499), "Rp999,499"},
		{English.Short(1_234_567_000_000_000), "Rp1,235 trillion"}, {English.Short(12_300_000), "Rp12.3 million"}, {Indonesian.Short(12_300_000), "Rp12,3 juta"},
		{English.Percent(5000, 2), "250,000%"}, {English.Percent(0, 0), Nothing}, {English.Share(50), "1%"},
		{English.Count(&tally.Count{N: 12_345, Estimated: true}), "≈ 12,300"}, {English.Coverage(tally.Register{HouseholdDays: 7}), "<1%"},
		{English.Hours(0), "less than 1 hour"}, {English.Hours(1), "1 hour"}, {English.Hours(95), "95 hours"}, {English.Hours(aid.LongestHour), "96 hours or more"},
		{English.Size(999), "999 bytes"}, {English.Size(1_234_500_000), "1,234.5 MB"}, {English.Size(812_000), "812 KB"},
		{English.Decimal(1.25, 1), "1.2"}, {Indonesian.Decimal(1.5, 1), "1,5"}, {English.Roughly(12_345), "12,300"},
		{English.Month(time.May), "May"}, {English.Date("2026-08-17"), "17 August 2026"}, {English.Date("22/5"), "22/5"},
		{English.Weekday("2026-05-24"), "Sunday, 24 May 2026"}, {English.Span(aid.Period{From: "2026-05-30", To: "2026-06-02"}), "30 May – 2 June 2026"},
		{English.Moment(noon, wib), "22 May 2026, 13:05 WIB"}, {Indonesian.Moment(noon, wib), "22 Mei 2026 pukul 13.05 WIB"}, {English.Moment(time.Time{}, wib), ""},
		{English.Class(aid.Business), "Business"}, {English.Class("kerajaan"), "kerajaan"}, {English.Route(aid.Direct), "Delivered directly"},
		{English.List([]string{"a", "b", "c"}), "a, b and c"}, {English.List(nil), ""}, {English.List([]string{"a"}), "a"}, {Indonesian.List([]string{"a", "b", "c"}), "a, b, dan c"},
	} {
		if c.got != c.want {
			t.Errorf("got %q; want %q", c.got, c.want)
		}
	}
}

func TestMarkupEscapesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	if got, want := Indonesian.Markup("<b>%s</b>", "<script>"), template.HTML("<b>&lt;script&gt;</b>"); got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	if got, want := Indonesian.Markup("%s", template.HTML("<i>x</i>")), template.HTML("<i>x</i>"); got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestTheDictionaryReads(t *testing.T) {
	t.Parallel()
	all, err := Dictionary()
	if err != nil {
		t.Fatal(err)
	}
	for text, f := range all {
		if text == "" || f.Other == "" {
			t.Errorf("%q is said as %+v", text, f)
		}
	}
}
