package page

import (
	"math"

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
	Frozen string // the day since which it takes nothing new, empty for none
	// Evidence is by what the office knows of the permit, empty where it says nothing.
	Evidence string
	Share    string // what it declares to keep for its own work, empty for nothing
	Note     string
}

// partners adds the page of the distribution partners.
func (r *Renderer) partners(add func(path, template string, view any) error) error {
	v := partnersView{frame: r.frame("/mitra/", r.lang.Say("Mitra penyalur bantuan"), r.lang.Say("Lembaga berizin yang menyalurkan bantuan: nomor izin, masa berlaku, apa yang boleh dan tidak."), "")}
	for _, a := range r.pack.Aggregators {
		p := partner{Name: a.Name, Number: a.Permit.Number, Until: r.lang.Date(a.Permit.Until), Evidence: a.Evidence, Note: a.Note}
		if a.OperatingShare != nil {
			p.Share = r.percent(*a.OperatingShare)
		}
		if !a.Frozen.IsZero() {
			p.Frozen = r.lang.Date(aid.DayOf(a.Frozen, r.pack.Zone))
		}
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

// percent writes a share, with one decimal where it has any.
func (r *Renderer) percent(share float64) string {
	places := 1
	if share == math.Trunc(share) {
		places = 0
	}
	return r.lang.Decimal(share, places) + "%"
}

// running tells whether a programme takes commitments.
func (r *Renderer) running(id aid.ProgramID) bool { return r.catalogue.Programs[id].Running }
