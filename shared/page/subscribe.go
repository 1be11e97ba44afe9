package page

import "ksbb/shared/aid"

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

var cadences = map[aid.Cadence]cadence{
	aid.EveryMonth: {Name: "Bulanan", About: "Setiap tanggal 1, tentang bulan yang lalu.", Chosen: true},
	aid.EveryWeek:  {Name: "Mingguan", About: "Setiap Senin, tentang minggu yang lalu."},
	aid.EveryDay:   {Name: "Harian", About: "Setiap pagi, tentang hari kemarin."},
}

func (r *Renderer) subscribePage() subscribeView {
	v := subscribeView{
		frame: r.frame("/langganan/", "Langganan laporan", "Terima laporan berkala lewat e-mail: bulanan, mingguan, atau harian. Berhenti kapan saja.", "langganan.js"),
		Hours: aid.ConfirmHours,
	}
	for _, id := range aid.Cadences {
		c := cadences[id]
		c.ID = id
		v.Cadences = append(v.Cadences, c)
	}
	return v
}
