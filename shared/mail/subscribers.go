package mail

import (
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/report"
)

// Reports is what letters to subscribers speak of.
type Reports struct {
	Cadences []aid.Cadence // that were asked for
	Until    time.Time     // by when that has to be confirmed
	Period   report.Period // of the report that is out
	End      string        // the page on which the subscription ends
	OneClick string        // the address that ends it with one POST
	Sender   string        // who is behind the service: a name and an office
}

var idCadences = map[aid.Cadence]string{
	aid.EveryDay: "laporan harian", aid.EveryWeek: "laporan mingguan", aid.EveryMonth: "laporan bulanan",
}

var enCadences = map[aid.Cadence]string{
	aid.EveryDay: "daily report", aid.EveryWeek: "weekly report", aid.EveryMonth: "monthly report",
}

// idSubscribe goes to an address that anybody may have typed.
func idSubscribe(o Occasion) letter {
	l := letter{subject: "Mohon konfirmasi: langganan laporan " + o.Service}
	l.say("Halo,")
	l.say("Ada yang meminta supaya laporan " + o.Service + " dikirim ke alamat ini:")
	l.enumerate(cadences(idCadences, o.Reports.Cadences))
	l.say("Benar Anda? Konfirmasikan di sini sebelum " + bahasa.Instant(o.Reports.Until, o.Zone) + ":")
	l.point("Konfirmasi langganan", o.Link)
	l.say("Langganan lain ke alamat ini, bila ada, diganti dengan yang ini.")
	l.say("Bukan Anda yang meminta? Abaikan surat ini. Tanpa konfirmasi tidak ada laporan yang dikirim, dan alamat ini dihapus.")
	return l
}

func enSubscribe(o Occasion) letter {
	l := letter{subject: "Please confirm: reports of " + o.Service}
	l.say("Hello,")
	l.say("Somebody asked that reports of " + o.Service + " be sent to this address:")
	l.enumerate(cadences(enCadences, o.Reports.Cadences))
	l.say("Was it you? Confirm it here before " + enTime(o.Reports.Until, o.Zone) + " (the page is in Indonesian; the green button confirms):")
	l.point("Confirm", o.Link)
	l.say("Any other subscription of this address is replaced by this one.")
	l.say("It was not you? Ignore this letter. Unless it is confirmed no report is sent, and the address is deleted.")
	return l
}

func idReport(o Occasion) letter {
	p, kind := o.Reports.Period, idCadences[aid.Cadence(o.Reports.Period.Kind)]
	l := letter{subject: "Laporan " + o.Service + ": " + p.Title(), unsubscribe: o.Reports.OneClick}
	l.say("Halo,")
	l.say(sentence(kind) + " " + o.Service + " untuk " + p.Title() + " sudah terbit: apa yang berubah, kekurangan terbesar, lokasi yang belum tersentuh, dan tabel di balik setiap angka.")
	l.point("Baca laporan", o.Link)
	l.say("Di halaman itu ada juga versi cetak (PDF), buku kerja (XLSX), dan data (CSV).")
	l.say("Surat ini dikirim karena alamat ini berlangganan " + kind + " dan sudah mengonfirmasinya. Tidak ingin lagi? Berhenti kapan saja; alamat Anda langsung dihapus.")
	l.aside("Berhenti berlangganan", o.Reports.End)
	l.say(o.Reports.Sender)
	return l
}

func enReport(o Occasion) letter {
	p, kind := o.Reports.Period, enCadences[aid.Cadence(o.Reports.Period.Kind)]
	l := letter{subject: o.Service + " report: " + enPeriod(p), unsubscribe: o.Reports.OneClick}
	l.say("Hello,")
	l.say("The " + kind + " of " + o.Service + " for " + enPeriod(p) + " is out: what changed, the largest gaps, places that were brought nothing yet, and the tables behind every figure.")
	l.point("Read the report", o.Link)
	l.say("The page (in Indonesian) also has it to print (PDF), as a workbook (XLSX) and as data (CSV).")
	l.say("You get this because this address subscribed to the " + kind + " and confirmed it. No longer wanted? End it at any time; your address is deleted at once.")
	l.aside("Unsubscribe", o.Reports.End)
	l.say(o.Reports.Sender)
	return l
}

// cadences names what was asked for, whatever the order it was asked in.
func cadences(names map[aid.Cadence]string, wanted []aid.Cadence) []string {
	var all []string
	for _, c := range aid.Cadences {
		if slices.Contains(wanted, c) {
			all = append(all, names[c])
		}
	}
	return all
}

// sentence begins a sentence with plain letters.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return string(words[0]-'a'+'A') + words[1:]
}

// enPeriod names a period: "March 2026", "30 March – 5 April 2026", "31 March
// 2026".
func enPeriod(p report.Period) string {
	from, err1 := time.Parse(time.DateOnly, string(p.From))
	to, err2 := time.Parse(time.DateOnly, string(p.To))
	switch {
	case err1 != nil || err2 != nil:
		return p.ID
	case p.Kind == report.Monthly:
		return from.Format("January 2006")
	case p.From == p.To:
		return from.Format("2 January 2006")
	case from.Year() != to.Year():
		return from.Format("2 January 2006") + " – " + to.Format("2 January 2006")
	case from.Month() != to.Month():
		return from.Format("2 January") + " – " + to.Format("2 January 2006")
	}
	return from.Format("2") + "–" + to.Format("2 January 2006")
}
