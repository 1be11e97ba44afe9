package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// catalogueView is what may be given, programme by programme.
type catalogueView struct {
	frame
	Programs []cataloguePart
	Planned  []region.Program
}

// cataloguePart is a running programme with what may be given to it.
type cataloguePart struct {
	region.Program
	Packages []catalogueEntry
}

type catalogueEntry struct {
	region.Package
	Price  string // of the newest, empty for none
	Prices []priceLine
	Form   string
	Kinds  string // who may receive it
	Covers string // household-days of one unit, empty for none
}

// priceLine is one price of a package with the day from which it held.
type priceLine struct{ From, Amount string }

func (r *Renderer) cataloguePage() catalogueView {
	v := catalogueView{frame: r.frame("/paket/", r.lang.Say("Paket bantuan"), r.lang.Say("Isi, harga acuan, dan penerima setiap paket, per program."), "")}
	for _, g := range r.pack.Programs {
		packages := r.pack.PackagesOf(g.ID)
		if !g.Running || len(packages) == 0 {
			v.Planned = append(v.Planned, g)
			continue
		}
		part := cataloguePart{Program: g}
		for _, p := range packages {
			part.Packages = append(part.Packages, r.catalogueEntry(p))
		}
		v.Programs = append(v.Programs, part)
	}
	return v
}

func (r *Renderer) catalogueEntry(p region.Package) catalogueEntry {
	e := catalogueEntry{Package: p, Form: r.form(p.Modality)}
	per := p.Per
	if per == "" {
		per = p.Unit
	}
	for i := len(p.Prices) - 1; i >= 0; i-- {
		e.Prices = append(e.Prices, priceLine{From: r.lang.Date(p.Prices[i].From), Amount: r.lang.Say("%s per %s", r.lang.Rupiah(p.Prices[i].Amount), per)})
	}
	if len(e.Prices) > 0 {
		e.Price = e.Prices[0].Amount
	}
	var kinds []string
	for _, k := range p.Kinds {
		kinds = append(kinds, r.kindName(k))
	}
	e.Kinds = r.lang.List(kinds)
	switch n := p.MilliHouseholdDays; {
	case n == 0:
	case n < 1000 && 1000%n == 0:
		e.Covers = r.lang.Say("%s cukup untuk satu keluarga selama satu hari.", r.lang.Number(1000/n)+" "+p.Thing(1000/n))
	case n%1000 == 0:
		e.Covers = r.lang.Many(n/1000, "%s cukup untuk satu keluarga selama %s hari.", r.lang.Number(1)+" "+p.Thing(1), r.lang.Number(n/1000))
	default:
		e.Covers = r.lang.Say("%s cukup untuk satu keluarga selama %s hari.", r.lang.Number(1)+" "+p.Thing(1), r.lang.Decimal(float64(n)/1000, 2))
	}
	return e
}

// form says in which form a package is given.
func (r *Renderer) form(m aid.Modality) string {
	switch m {
	case aid.Goods:
		return r.lang.Say("Barang")
	case aid.Cash:
		return r.lang.Say("Uang tunai, diserahkan langsung")
	case aid.Loan:
		return r.lang.Say("Pinjaman, dihitung terpisah dari pemberian")
	case aid.Training:
		return r.lang.Say("Pelatihan")
	case aid.Service:
		return r.lang.Say("Jasa")
	}
	return string(m)
}
