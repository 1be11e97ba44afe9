package print

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

var kinds = map[report.Kind]string{report.Daily: "Laporan Harian", report.Weekly: "Laporan Mingguan", report.Monthly: "Laporan Bulanan"}

// classes names the kinds of givers as S-028 does.
var classes = map[aid.Class]string{
	aid.SocialOrganization: "Lembaga sosial",
	aid.Business:           "Badan usaha",
	aid.Individual:         "Perorangan",
	aid.Community:          "Komunitas",
	aid.Government:         "Instansi pemerintah",
}

var routes = map[aid.Route]string{aid.Direct: "Diantar langsung", aid.Aggregate: "Lewat mitra penyalur"}

// nothing stands where there is no figure to say.
const nothing = "–"

// percent writes a part as the pages do: 0% and 100% only where that is exactly
// true.
func percent(part, whole int64) string {
	switch {
	case whole <= 0 || part < 0:
		return nothing
	case part == 0:
		return "0%"
	case part >= whole:
		return "100%"
	}
	p := (200*part/whole + 1) / 2
	switch {
	case p < 1:
		return "<1%"
	case p > 99:
		return ">99%"
	}
	return strconv.FormatInt(p, 10) + "%"
}

// share writes a part in ten-thousandths; -1 is none.
func share(part int64) string {
	if part < 0 {
		return nothing
	}
	return percent(part, 10_000)
}

// short writes rupiah as one says them, with three digits that count: Rp12,5
// juta. Below a million it is exact.
func short(n int64) string {
	switch {
	case n < 0:
		return "−" + short(-n)
	case n < 1_000_000:
		return bahasa.Rupiah(aid.Rupiah(n))
	}
	unit, word := int64(1_000_000), " juta"
	for _, larger := range []string{" miliar", " triliun"} {
		if n >= 1000*unit-unit/2 { // what rounds up to one of it
			unit, word = 1000*unit, larger
		}
	}
	step := unit / 100 // the worth of the last digit
	for step < unit && n >= 1000*step-step/2 {
		step *= 10
	}
	rounded := (n + step/2) / step * step
	text := bahasa.Number(rounded / unit)
	if part := rounded % unit / (unit / 100); part > 0 {
		text += "," + strings.TrimRight(fmt.Sprintf("%02d", part), "0")
	}
	return "Rp" + text + word
}

// hours writes a length of time; nil where nobody was contacted.
func hours(h *int) string {
	switch {
	case h == nil:
		return nothing
	case *h == 0:
		return "< 1 jam"
	case *h >= aid.LongestHour:
		return "≥ " + bahasa.Number(int64(*h)) + " jam"
	}
	return bahasa.Number(int64(*h)) + " jam"
}

// count writes how many there are, and whether that is an estimate.
func count(c tally.Count) string {
	if c.Estimated {
		return "≈ " + bahasa.Number(c.N)
	}
	return bahasa.Number(c.N)
}

// size writes how large a file is.
func size(bytes int64) string {
	switch {
	case bytes < 1000:
		return bahasa.Number(bytes) + " B"
	case bytes < 1_000_000:
		return bahasa.Number((bytes+500)/1000) + " KB"
	}
	return strings.Replace(strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64), ".", ",", 1) + " MB"
}

// named says what the keys of a split are called.
type named struct{ pack *region.Pack }

func (n named) place(key string) string { return n.pack.AreaName(area.Code(key)) }

func (n named) class(key string) string { return cmp.Or(classes[aid.Class(key)], key, nothing) }

func (n named) route(key string) string { return cmp.Or(routes[aid.Route(key)], key, nothing) }

func (n named) kind(key string) string {
	k, _ := n.pack.Kind(aid.KindID(key))
	return cmp.Or(k.Name, key, nothing)
}

func (n named) program(key string) string {
	p, _ := n.pack.Program(aid.ProgramID(key))
	return cmp.Or(p.Name, key, nothing)
}

func (n named) parcel(key string) string {
	if key == "" {
		return "Di luar daftar kebutuhan"
	}
	p, _ := n.pack.Package(aid.PackageID(key))
	return cmp.Or(p.Name, key)
}

// measure is what a package is counted in.
func (n named) measure(key string) string {
	p, _ := n.pack.Package(aid.PackageID(key))
	return p.Unit
}

// within says in which areas below the region a place or an area lies, the
// narrowest first, without the kelurahan that its name says already.
func (n named) within(code area.Code, name string) string {
	var parts []string
	for _, level := range []area.Level{area.Kelurahan, area.Kecamatan, area.Kota} {
		c := code.At(level)
		if c == "" || c == n.pack.Root || c == code && c.Level() < area.Kelurahan {
			continue
		}
		if a := n.pack.AreaName(c); level < area.Kelurahan || !strings.Contains(name, a) {
			parts = append(parts, a)
		}
	}
	return strings.Join(parts, ", ")
}

// leaf says which piece of the map a correction is about.
func (n named) leaf(s string) string {
	l, err := aid.ParseLeaf(s)
	if err != nil {
		return s
	}
	return fmt.Sprintf("%s (%s)", n.pack.AreaName(l.Area), s)
}

// change says how a figure of the period compares with the one before it.
func change(now, before int64) string {
	switch {
	case now == before:
		return "tetap"
	case before <= 0 || now < 0:
		return nothing // no part of nothing can be said
	case now > 10*before:
		return "lebih dari 10 kali"
	case now > before:
		if more := int64(100*float64(now-before)/float64(before) + 0.5); more > 0 {
			return "naik " + bahasa.Number(more) + "%"
		}
		return "naik <1%"
	}
	return "turun " + percent(before-now, before)
}
