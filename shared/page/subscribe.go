package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// subscribeView is the page on which people ask for reports by mail, confirm
// that, and end it. The link in a letter says which, and a script reads it.
type subscribeView struct {
	frame
	Cadences []cadence
	Hours    int // to confirm
}

// cadence is one kind of report to choose.
type cadence struct {
	ID          aid.Cadence
	Name, About string
	Chosen      bool // unless the reader says otherwise
}

// cadences says what each kind of report is about.
func cadences(l bahasa.Language) map[aid.Cadence]cadence {
	return map[aid.Cadence]cadence{
		aid.EveryMonth: {Name: l.Say("Bulanan"), About: l.Say("Setiap tanggal 1, tentang bulan yang lalu."), Chosen: true},
		aid.EveryWeek:  {Name: l.Say("Mingguan"), About: l.Say("Setiap Senin, tentang minggu yang lalu.")},
		aid.EveryDay:   {Name: l.Say("Harian"), About: l.Say("Setiap pagi, tentang hari kemarin.")},
	}
}

func (r *Renderer) subscribePage() subscribeView {
	v := subscribeView{
		frame: r.frame("/langganan/", r.lang.Say("Langganan laporan"), r.lang.Say("Terima laporan berkala lewat e-mail: bulanan, mingguan, atau harian. Berhenti kapan saja."), "langganan.js"),
		Hours: aid.ConfirmHours,
	}
	known := cadences(r.lang)
	for _, id := range aid.Cadences {
		c := known[id]
		c.ID = id
		v.Cadences = append(v.Cadences, c)
	}
	return v
}
