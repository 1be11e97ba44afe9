package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// posterView is a sheet to print for one place. Which one stands in the address
// after the "#", so that one page serves all; a script fills it in, and finds
// here what the codes in a place's file mean.
type posterView struct {
	frame
	Address string // of the site, as people type it
	Kinds   []posterKind
	Things  []posterWord
	Areas   []posterWord // every kota and kecamatan
}

type posterKind struct {
	ID     aid.KindID
	Name   string
	Coarse bool
}

type posterWord struct{ ID, Name string }

func (r *Renderer) posterPage() posterView {
	v := posterView{
		frame: r.frame("/poster/", r.lang.Say("Poster"),
			r.lang.Say("Selembar kertas dengan kode QR untuk ditempel di satu lokasi."), "poster.js").hidden(),
		Address: r.address(),
	}
	for _, k := range r.pack.Kinds {
		v.Kinds = append(v.Kinds, posterKind{k.ID, k.Name, k.Coarse})
	}
	for _, p := range r.pack.Packages {
		v.Things = append(v.Things, posterWord{string(p.ID), p.Name})
	}
	for _, a := range r.pack.Areas {
		if a.Level == area.Kota || a.Level == area.Kecamatan {
			v.Areas = append(v.Areas, posterWord{string(a.Code), a.Name})
		}
	}
	return v
}

// handouts adds the pages by which the site is carried elsewhere.
func (r *Renderer) handouts(add func(path, template string, view any) error) error {
	if err := add("sematkan/index.html", "embed-help", r.embedPage()); err != nil {
		return err
	}
	return add("poster/index.html", "poster", r.posterPage())
}
