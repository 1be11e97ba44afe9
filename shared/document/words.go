package document

import (
	"cmp"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// goods names an item, with what is given instead.
func (it Item) goods() string {
	s := it.Name
	if it.Equivalent != "" {
		s += ", diganti bentuk lain yang setara: " + it.Equivalent
	}
	if it.Free {
		s += " (di luar daftar kebutuhan)"
	}
	return s
}

// amount writes "240 paket".
func (it Item) amount(n int64) string { return strings.TrimSpace(bahasa.Number(n) + " " + it.Unit) }

// counted writes an item after its number, "240 Paket Sembako" and "30 lembar
// Selimut": the unit is left out where the name begins with it.
func (it Item) counted(n int64) string {
	if strings.HasPrefix(strings.ToLower(it.Name)+" ", strings.ToLower(it.Unit)+" ") {
		return bahasa.Number(n) + " " + it.Name
	}
	return it.amount(n) + " " + it.Name
}

// with puts what kind of one a party is behind it, unless its name says so.
func with(name, kind string) string {
	if strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(kind))) {
		return name
	}
	return name + " (" + kind + ")"
}

// route says how the goods travel.
func (p Pledge) route() string {
	if p.Route != aid.Aggregate {
		return "Diantar langsung oleh kolaborator"
	}
	s := "Lewat mitra penyalur " + cmp.Or(p.Aggregator, "(belum ditentukan)")
	if p.Permit != "" {
		s += ", nomor izin " + p.Permit
	}
	return s
}

// place joins what tells where a recipient is.
func (p Pledge) place() string {
	var parts []string
	for _, s := range []string{p.Address, p.Area} {
		if strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
