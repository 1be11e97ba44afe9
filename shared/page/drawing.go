package page

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"ksbb/shared/bahasa"
)

// drawing is a chart of figures as the templates draw it. Lengths across are in
// percent and lengths down in em: bars stretch with the page while letters keep
// the size that the reader chose.
type drawing struct {
	Title, Desc string
	Height      string // em
	Rects       []rect
	Rules       []rule
	Texts       []text
}

type rect struct {
	Class      string
	X, Width   string // percent
	Y, Height  string // em
	Background bool
}

// rule is a line across the whole drawing.
type rule struct {
	Y    string // em
	Base bool
}

type text struct {
	X      string // percent
	Y      string // em
	Anchor string // start, middle or end
	Soft   bool
	Words  string
}

const (
	// narrow is how many em lie at least across a drawing: 256 px of letters of
	// 13.6 px, in a card on the narrowest phone. Where letters are larger or the
	// place is smaller, the style sheet makes the letters of drawings smaller.
	narrow = 256.0 / 13.6
	// visible is the least width of a bar, in percent: one promise among
	// thousands must still be seen.
	visible = 0.8
)

// em writes a length down.
func em(f float64) string {
	s := strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0")
	return strings.TrimSuffix(s, ".") + "em"
}

// across writes a length across.
func across(f float64) string { return short(f) + "%" }

// wide says how many em a text takes at most in the fonts of phones.
func wide(s string) float64 {
	var w float64
	for _, c := range s {
		switch {
		case strings.ContainsRune("ijlIft.,:;'’|!() ", c):
			w += 0.35
		case strings.ContainsRune("mwMW%…", c):
			w += 0.95
		case c >= 'A' && c <= 'Z':
			w += 0.7
		default:
			w += 0.6
		}
	}
	return w
}

// fitting cuts a text so that it takes at most room em: first what only explains
// it, in brackets or after a comma.
func fitting(s string, room float64) string {
	if wide(s) <= room {
		return s
	}
	for _, explained := range []string{" (", ", "} {
		if name, _, ok := strings.Cut(s, explained); ok && name != "" && wide(name) <= room {
			return name
		}
	}
	for s != "" && wide(s)+wide("…") > room {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return strings.TrimRight(s, " ,·-") + "…"
}

// barRow is one bar of a drawing: its parts side by side, and the open rest of
// the whole where there is one.
type barRow struct {
	Label string
	Value string // written at the end of the line above the bar
	Whole int64  // 0 where the parts are of nothing in particular
	Parts []int64
}

func (b barRow) length() int64 {
	var n int64
	for _, p := range b.Parts {
		n += max(p, 0)
	}
	return max(n, b.Whole)
}

// bars draws one bar below another. classes colour the parts in order. Bars
// share one scale, unless each is of a unit of its own.
func bars(l bahasa.Language, title string, rows []barRow, classes []string, own bool) *drawing {
	const pitch, above, thick = 2.5, 1.3, 0.72
	var most int64
	for _, b := range rows {
		most = max(most, b.length())
	}
	if most == 0 {
		return nil
	}
	d := &drawing{Title: title, Height: em(pitch*float64(len(rows)) - (pitch - above - thick))}
	var said []string
	for i, b := range rows {
		top := pitch * float64(i)
		d.Texts = append(d.Texts,
			text{X: "0", Y: em(top + 1), Anchor: "start", Words: fitting(b.Label, narrow-wide(b.Value)-0.8)},
			text{X: "100%", Y: em(top + 1), Anchor: "end", Words: b.Value})
		said = append(said, b.Label+" "+b.Value)
		scale := most
		if own {
			scale = b.length()
		}
		if whole := percentOf(b.Whole, scale); whole > 0 {
			d.Rects = append(d.Rects, rect{Class: "b0", X: "0", Width: across(whole), Y: em(top + above), Height: em(thick), Background: true})
		} else {
			d.Rects = append(d.Rects, rect{Class: "bt", X: "0", Width: "100%", Y: em(top + above), Height: em(thick)})
		}
		x := 0.0
		for k, n := range b.Parts {
			if n <= 0 {
				continue
			}
			w := min(max(percentOf(n, scale), visible), 100-x)
			d.Rects = append(d.Rects, rect{Class: classes[k], X: across(x), Width: across(w), Y: em(top + above), Height: em(thick)})
			x += w
		}
	}
	if len(said) > 8 {
		said = append(said[:8], l.Say("dan seterusnya; semuanya ada di tabel"))
	}
	d.Desc = strings.Join(said, "; ")
	return d
}

func percentOf(n, of int64) float64 {
	if of <= 0 || n <= 0 {
		return 0
	}
	return min(100*float64(n)/float64(of), 100)
}

// column is what stands side by side over one place of the axis.
type column struct {
	Label  string // below
	Second string // below that, where something new begins: a year
	Above  string // its value, where there is room for it
	Values []int64
}

// columns draws columns over an axis. classes colour the values of a column in
// order; write says a value on the scale. Labels that would touch their
// neighbour on the narrowest phone are left out, evenly.
func columns(title, desc string, cols []column, classes []string, write func(int64) string) *drawing {
	const top, tall = 1.4, 8.0
	var most int64
	second := false
	for _, c := range cols {
		for _, n := range c.Values {
			most = max(most, n)
		}
		second = second || c.Second != ""
	}
	if most == 0 {
		return nil
	}
	base := top + tall
	d := &drawing{Title: title, Desc: desc, Height: em(base + 1.6)}
	if second {
		d.Height = em(base + 2.8)
	}
	limit := roundUp(most)
	d.Rules = []rule{{Y: em(top)}, {Y: em(top + tall/2)}, {Y: em(base), Base: true}}

	slot := 100 / float64(len(cols))
	for i, c := range cols {
		gap := slot * 0.14
		w := (slot - 2*gap) / float64(len(c.Values))
		for k, n := range c.Values {
			if n <= 0 {
				continue
			}
			h := max(tall*float64(n)/float64(limit), 0.12)
			d.Rects = append(d.Rects, rect{
				Class: classes[k], X: across(slot*float64(i) + gap + w*float64(k)), Width: across(w), Y: em(base - h), Height: em(h),
			})
		}
	}
	above := make([]string, len(cols))
	for i, c := range cols {
		above[i] = c.Above
	}
	if apart(above) == 1 && above[0] != "" {
		for i, c := range cols {
			h := max(tall*float64(c.Values[0])/float64(limit), 0)
			d.Texts = append(d.Texts, centred(i, len(cols), base-h-0.35, above[i]))
		}
	} else {
		// Words on the scale stand over the columns, which is why letters have a rim.
		d.Texts = append(d.Texts,
			text{X: "0", Y: em(top - 0.35), Anchor: "start", Soft: true, Words: write(limit)},
			text{X: "0", Y: em(top + tall/2 - 0.35), Anchor: "start", Soft: true, Words: write(limit / 2)})
	}
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Label
	}
	step := apart(names)
	last := math.Inf(-1) // where the last word of the second line ends, in em
	for i, c := range cols {
		if i%step == 0 {
			d.Texts = append(d.Texts, centred(i, len(cols), base+1.2, c.Label))
		}
		if from, to := extent(i, len(cols), c.Second); c.Second != "" && from > last+0.4 {
			d.Texts = append(d.Texts, centred(i, len(cols), base+2.4, c.Second))
			last = to
		}
	}
	return d
}

// extent returns where a word over the middle of a column begins and ends, in
// em on the narrowest phone. Words stay inside the drawing.
func extent(i, n int, s string) (from, to float64) {
	w := wide(s)
	middle := narrow * (float64(i) + 0.5) / float64(n)
	switch {
	case middle < w/2:
		return 0, w
	case middle > narrow-w/2:
		return narrow - w, narrow
	}
	return middle - w/2, middle + w/2
}

func centred(i, n int, y float64, s string) text {
	t := text{X: across(100 * (float64(i) + 0.5) / float64(n)), Y: em(y), Anchor: "middle", Soft: true, Words: s}
	switch from, to := extent(i, n, s); {
	case from == 0:
		t.X, t.Anchor = "0", "start"
	case to == narrow:
		t.X, t.Anchor = "100%", "end"
	}
	return t
}

// apart returns the smallest step at which words over columns do not touch.
func apart(words []string) int {
	for step := 1; step < len(words); step++ {
		end, ok := math.Inf(-1), true
		for i := 0; i < len(words) && ok; i += step {
			from, to := extent(i, len(words), words[i])
			ok = from > end+0.4
			end = to
		}
		if ok {
			return step
		}
	}
	return max(1, len(words))
}

// roundUp returns the smallest of 2, 4, 10, 20, 40, 100 … that is not below n:
// half of it is a round number too.
func roundUp(n int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, k := range []int64{2, 4, 10} {
			if k*unit >= n || unit > math.MaxInt64/100 {
				return k * unit
			}
		}
	}
}
