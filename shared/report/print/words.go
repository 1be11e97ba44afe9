package print

import (
	"cmp"
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// nothing stands where there is no figure to say.
const nothing = bahasa.Nothing

// hours writes a length of time; nil where nobody was contacted.
func hours(h *int) string {
	if h == nil {
		return nothing
	}
	return bahasa.Hours(*h)
}

// named says what the keys of a split are called.
type named struct{ pack *region.Pack }

func (n named) place(key string) string { return n.pack.AreaName(area.Code(key)) }

func (n named) class(key string) string { return cmp.Or(bahasa.Class(aid.Class(key)), nothing) }

func (n named) route(key string) string { return cmp.Or(bahasa.Route(aid.Route(key)), nothing) }

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
	return "turun " + bahasa.Percent(before-now, before)
}
