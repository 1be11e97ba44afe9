package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

func lengthOf(t interface{ Fatalf(string, ...any) }, s, unit string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, unit), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		t.Fatalf("length %q: %v", s, err)
	}
	return n
}

// inside fails unless everything drawn lies in the drawing, and letters beside
// each other never touch on the narrowest phone.
func inside(t interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}, d *drawing) {
	tall := lengthOf(t, d.Height, "em")
	for _, r := range d.Rects {
		x, w := lengthOf(t, r.X, "%"), lengthOf(t, r.Width, "%")
		y, h := lengthOf(t, r.Y, "em"), lengthOf(t, r.Height, "em")
		if x < 0 || w <= 0 && r.Class != "b0" && x < 99.9 || x+w > 100.2 || y < -0.01 || h < 0 || y+h > tall+0.01 {
			t.Errorf("%+v leaves a drawing %.2f em tall", r, tall)
		}
	}
	type extent struct {
		from, to, y float64
		words       string
	}
	var taken []extent
	for _, one := range d.Texts {
		y := lengthOf(t, one.Y, "em")
		from := lengthOf(t, one.X, "%") / 100 * narrow
		switch w := wide(one.Words); one.Anchor {
		case "end":
			from -= w
		case "middle":
			from -= w / 2
		}
		e := extent{from, from + wide(one.Words), y, one.Words}
		if e.from < -0.3 || e.to > narrow+0.3 || y > tall+0.01 {
			t.Errorf("%q reaches from %.1f to %.1f em at %.1f of %.1f", one.Words, e.from, e.to, y, tall)
		}
		for _, other := range taken {
			if math.Abs(other.y-e.y) < 0.9 && e.from < other.to && other.from < e.to {
				t.Errorf("%q covers %q", e.words, other.words)
			}
		}
		taken = append(taken, e)
	}
}

func TestBarsAreAsLongAsTheirNumbers(t *testing.T) {
	t.Parallel()
	d := bars(bahasa.Indonesian, "x", []barRow{
		{Label: "a", Value: "40", Whole: 100, Parts: []int64{40, 10, 0}},
		{Label: "b", Value: "50", Whole: 50, Parts: []int64{50}},
		{Label: "c", Value: "0", Parts: []int64{0}},
	}, stacked, false)
	var got []string
	for _, r := range d.Rects {
		got = append(got, r.Class+" "+r.X+" "+r.Width)
	}
	want := "b0 0 100%; b1 0% 40%; b2 40% 10%; b0 0 50%; b1 0% 50%; bt 0 100%"
	if all := strings.Join(got, "; "); all != want {
		t.Errorf("bars are %s\nwant %s", all, want)
	}
	own := bars(bahasa.Indonesian, "x", []barRow{{Label: "a", Whole: 10, Parts: []int64{5}}, {Label: "b", Whole: 1_000, Parts: []int64{500}}}, stacked, true)
	if own.Rects[1].Width != "50%" || own.Rects[3].Width != "50%" {
		t.Errorf("bars of units of their own are %+v", own.Rects)
	}
}

func TestNothingIsNotDrawn(t *testing.T) {
	t.Parallel()
	if bars(bahasa.Indonesian, "x", nil, one, false) != nil || bars(bahasa.Indonesian, "x", []barRow{{Label: "a", Parts: []int64{0}}}, one, false) != nil {
		t.Error("bars of nothing are drawn")
	}
	if columns("x", "", nil, one, bahasa.Short) != nil || columns("x", "", []column{{Values: []int64{0, -3}}}, stacked, bahasa.Short) != nil {
		t.Error("columns of nothing are drawn")
	}
}

func TestDrawingsFitTheNarrowestPhone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(-5, 1<<50))
		label := rapid.StringOfN(rapid.RuneFrom([]rune("Panti Asuhan WmW’ö%Kelurahan")), 0, 60, -1)
		var rows []barRow
		for range rapid.IntRange(1, 38).Draw(t, "rows") {
			rows = append(rows, barRow{
				Label: label.Draw(t, "label"), Value: bahasa.Short(amount.Draw(t, "value")), Whole: max(0, amount.Draw(t, "whole")),
				Parts: []int64{amount.Draw(t, "a"), amount.Draw(t, "b"), amount.Draw(t, "c")},
			})
		}
		if d := bars(bahasa.Indonesian, "x", rows, stacked, rapid.Bool().Draw(t, "own")); d != nil {
			inside(t, d)
		}
	})
}

func TestColumnsAreAsTallAsTheirNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 1<<50))
		var cols []column
		for i := range rapid.IntRange(1, 92).Draw(t, "columns") {
			c := column{Label: dayBrief(bahasa.Indonesian, aid.Day("2026-02-20").Plus(i)), Values: []int64{amount.Draw(t, "a"), amount.Draw(t, "b")}}
			if i%12 == 0 {
				c.Second = "2026"
			}
			cols = append(cols, c)
		}
		d := columns("x", "", cols, []string{"bv", "b1"}, bahasa.Short)
		if d == nil {
			return
		}
		inside(t, d)
		var most int64
		for _, c := range cols {
			most = max(most, c.Values[0], c.Values[1])
		}
		n := 0
		for _, c := range cols {
			for _, v := range c.Values {
				if v <= 0 {
					continue
				}
				h := lengthOf(t, d.Rects[n].Height, "em")
				if want := 8 * float64(v) / float64(roundUp(most)); math.Abs(h-want) > 0.13 {
					t.Fatalf("%d of %d is %.2f em tall, want %.2f", v, most, h, want)
				}
				n++
			}
		}
		if n != len(d.Rects) {
			t.Fatalf("%d columns for %d numbers", len(d.Rects), n)
		}
	})
}

func TestScalesEndOnRoundNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]int64{1: 2, 2: 2, 3: 4, 5: 10, 10: 10, 11: 20, 39: 40, 41: 100, 1_900_000_000: 2_000_000_000} {
		if got := roundUp(n); got != want {
			t.Errorf("roundUp(%d) = %d, want %d", n, got, want)
		}
	}
	if got := roundUp(math.MaxInt64); got <= 0 {
		t.Errorf("the scale of the largest number ends at %d", got)
	}
}

func TestValuesStandOverColumnsWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	few := columns("x", "", []column{{Label: "0–5", Above: "243", Values: []int64{243}}, {Label: "6–11", Above: "7", Values: []int64{7}}}, one, bahasa.Number)
	inside(t, few)
	var words []string
	for _, one := range few.Texts {
		words = append(words, one.Words)
	}
	if got := strings.Join(words, " "); got != "243 7 0–5 6–11" {
		t.Errorf("the drawing says %q", got)
	}
}

func dated(names ...string) []tally.Dated {
	var all []tally.Dated
	for i, n := range names {
		all = append(all, tally.Dated{Period: n, Happened: tally.Happened{Pledged: int64(i + 1), PledgedValue: int64(i+1) * 1_000}})
	}
	return all
}

// What nothing happened in is a gap on the axis and a row of the table, never
// missing.
func TestTimeHasNoHoles(t *testing.T) {
	t.Parallel()
	r := &Renderer{lang: bahasa.Indonesian}
	var said []string
	tell := func(all []beat) {
		said = nil
		for _, b := range all {
			said = append(said, fmt.Sprintf("%s|%s|%s|%d", b.Name, b.Label, b.Second, b.Pledged))
		}
	}
	for _, c := range []struct {
		about string
		beats []beat
		want  string
	}{
		{"days over a new year", r.daysOf(dated("2025-12-30", "2026-01-01"), "2025-12-30", "2026-01-02"),
			"30 Desember 2025|30 Des|2025|1; 31 Desember 2025|31 Des||0; 1 Januari 2026|1 Jan|2026|2; 2 Januari 2026|2 Jan||0"},
		{"weeks over a new year with 53 of them", r.weeksOf(dated("2026-W52", "2027-W01"), "2026-12-22", "2027-01-06"),
			"21–27 Desember 2026|21 Des|2026|1; 28 Desember 2026 – 3 Januari 2027|28 Des||0; 4–10 Januari 2027|4 Jan|2027|2"},
		{"months with one that was empty", r.monthsOf(dated("2026-01", "2026-03"), "2026-01-31", "2026-03-01"),
			"Januari 2026|Jan|2026|1; Februari 2026|Feb||0; Maret 2026|Mar||2"},
		{"no day", r.daysOf(nil, "", "2026-01-01"), ""},
		{"no week", r.weeksOf(nil, "", "2026-01-01"), ""},
		{"no month", r.monthsOf(nil, "", "2026-01-01"), ""},
	} {
		tell(c.beats)
		if got := strings.Join(said, "; "); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.about, got, c.want)
		}
	}
	if got := newest(r.monthsOf(nil, "2024-01-01", "2026-03-01"), 24); len(got) != 24 || got[0].Name != "April 2024" || got[0].Second != "2024" {
		t.Errorf("the newest of 27 months begin with %+v", got[0])
	}
}

// Four hundred days are drawn as weeks and months; of days only the last month.
func TestALongPastIsDrawnInLongerPieces(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	var s tally.Statistics
	for d, i := aid.Day("2025-09-01"), int64(1); d <= "2026-10-05"; d, i = d.Plus(1), i+1 {
		h := tally.Happened{Pledged: 1, PledgedValue: i * 1_000_000, ReceivedValue: i * 400_000}
		s.Days = append(s.Days, tally.Dated{Period: string(d), Happened: h})
		for _, to := range []struct {
			all  *[]tally.Dated
			name string
		}{{&s.Weeks, d.Week()}, {&s.Months, d.Month()}} {
			if n := len(*to.all); n > 0 && (*to.all)[n-1].Period == to.name {
				(*to.all)[n-1].Happened = (*to.all)[n-1].Plus(h)
			} else {
				*to.all = append(*to.all, tally.Dated{Period: to.name, Happened: h})
			}
		}
	}
	f := w.pages.times(s, instant)
	inside(t, f.Chart)
	if n := len(f.Chart.Rects); n != 2*14 {
		t.Errorf("%d columns for 14 months", n)
	}
	var rows []int
	for _, part := range f.Folded {
		if part.Chart != nil {
			inside(t, part.Chart)
		}
		rows = append(rows, len(part.Grid.Rows))
	}
	if got := fmt.Sprint(rows); got != "[14 26 31]" {
		t.Errorf("the tables have %s rows, want 14 months, 26 weeks and 31 days", got)
	}
}

// The names that charts carry are real: the longest of the region must leave
// room for its value.
func TestNamesOfTheRegionFit(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	for _, code := range w.pack.Children("31") {
		s := w.statistics(code.Code)
		for _, f := range append(append(w.pages.splits(code.Code, s), w.pages.fairness(s)...), w.pages.contact(s), w.pages.times(s, instant)) {
			if f.Chart != nil {
				inside(t, f.Chart)
			}
		}
	}
}
