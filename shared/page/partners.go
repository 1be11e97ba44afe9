package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// partnersView lists the distribution partners with their permits. It says
// until when a permit holds, not whether it holds today: the page does not
// change from day to day.
type partnersView struct {
	frame
	Partners []partner
	Former   []partner // whose permit was taken away
	Ready    []region.Package
}

type partner struct {
	Name   string
	Number string
	Until  string
	Ended  string // the day the permit was taken away, empty for none
	Note   string
}

// partners adds the page of the distribution partners.
func (r *Renderer) partners(add func(path, template string, view any) error) error {
	v := partnersView{frame: r.frame("/mitra/", r.lang.Say("Mitra penyalur bantuan"), r.lang.Say("Lembaga berizin yang menyalurkan bantuan: nomor izin, masa berlaku, apa yang boleh dan tidak."), "")}
	for _, a := range r.pack.Aggregators {
		p := partner{Name: a.Name, Number: a.Permit.Number, Until: r.lang.Date(a.Permit.Until), Note: a.Note}
		if a.Permit.Revoked == "" {
			v.Partners = append(v.Partners, p)
			continue
		}
		p.Ended = r.lang.Date(a.Permit.Revoked)
		v.Former = append(v.Former, p)
	}
	for _, p := range r.pack.Packages {
		if p.DirectOnly && r.running(p.Program) {
			v.Ready = append(v.Ready, p)
		}
	}
	return add("mitra/index.html", "partners", v)
}

// running tells whether a programme takes commitments.
func (r *Renderer) running(id aid.ProgramID) bool { return r.catalogue.Programs[id].Running }
