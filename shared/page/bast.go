package page

import (
	"html/template"
	"slices"
	"strings"

	"ksbb/shared/aid"
)

// bastView is the public record of one hand-over: what both sides say of it,
// and the fingerprints of the files that show it.
type bastView struct {
	frame
	Number aid.BASTNumber
	Of     string // number of the commitment
	Place  crumb
	Crumbs []crumb
	agreement
	Goods    template.HTML // what was reported
	Received template.HTML // what was confirmed, empty until answered
	On       string
	Reported string
	Answered string
	Settled  string
	Giver    string
	Class    string
	Route    string
	Files    []print
	Photos   []string // paths of those that an office approved
}

// agreement says how far two sides agree on a hand-over.
type agreement struct {
	State string // "agreed", "open" or "waits"
	Words string
	Means string
}

// print is a file that nobody has to show to have it recognised.
type print struct {
	What        string
	Fingerprint string // "sha256-<hex>"
}

// Hex returns the digits of a fingerprint, as a script compares them.
func (p print) Hex() string { return strings.TrimPrefix(p.Fingerprint, "sha256-") }

func bastPath(n aid.BASTNumber) string { return "/bast/" + string(n) + "/" }

// BAST renders the public record of one delivery of a commitment to a place.
// evidence are the files of the place that were checked.
func (r *Renderer) BAST(p aid.Place, c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) ([]byte, error) {
	name := r.fullName(p.Recipient)
	v := bastView{
		// The record is for those who hold its number, not for those who search
		// for a name.
		frame:  r.frame(bastPath(d.Number), string(d.Number), r.lang.Say("Catatan serah terima bantuan untuk %s.", name), "bast.js").hidden(),
		Number: d.Number, Of: c.ID.Number(),
		Place: crumb{name, placePath(p.Recipient.ID)}, Crumbs: r.crumbs(p.Recipient.Area),
		agreement: r.agreement(d),
		Goods:     r.handed(c, d.Quantities), On: r.lang.Weekday(d.On),
		Reported: r.moment(d.ReportedAt), Answered: r.moment(d.AnsweredAt), Settled: r.moment(d.SettledAt),
		Giver: c.DisplayName(), Class: r.lang.Class(c.Class), Route: r.lang.Route(c.Route),
		Files: r.prints(c, d, evidence), Photos: photos(c, d, evidence),
	}
	if d.ReportedBy != aid.Collaborator {
		v.Reported = "" // the receipt was all that was ever said of it
	}
	if a, ok := r.catalogue.Aggregators[c.Aggregator]; ok && c.Route == aid.Aggregate {
		v.Route = r.lang.Say("Lewat %s", a.Name)
	}
	if d.Answer != "" {
		v.Received = r.lang.Markup("tidak ada")
		if some(d.Received) {
			v.Received = r.handed(c, d.Received)
		}
	}
	v.Demo = p.Recipient.Demo
	return r.render("bast", v)
}

// agreement says how far both sides agree on a delivery.
func (r *Renderer) agreement(d aid.Delivery) agreement {
	switch {
	case d.Answer == "":
		return agreement{"waits", r.lang.Say("Menunggu konfirmasi"), r.lang.Say("Kolaborator sudah melapor. Penanggung jawab lokasi belum menjawab.")}
	case d.Open():
		return agreement{"open", r.lang.Say("Sedang dicocokkan"), r.lang.Say("Keterangan kedua pihak berbeda. Sampai jelas, angka yang lebih kecil yang dihitung.")}
	case !d.SettledAt.IsZero():
		return agreement{"agreed", r.lang.Say("Cocok"), r.lang.Say("Keterangan kedua pihak pernah berbeda dan sudah disepakati.")}
	}
	return agreement{"agreed", r.lang.Say("Cocok"), r.lang.Say("Yang diterima sudah dipastikan. Tidak ada keterangan yang berbeda.")}
}

// prints names the checked files that show a delivery: those that its report
// names, the letter behind it, and scans of the commitment that no report names.
func (r *Renderer) prints(c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) []print {
	var files []print
	kinds := map[aid.EvidenceKind]string{
		aid.EvidenceBAST: r.lang.Say("Pindaian BAST"), aid.EvidencePhoto: r.lang.Say("Foto serah terima"), aid.EvidenceStatement: r.lang.Say("Surat komitmen, ditandatangani di kertas"),
	}
	named := func(id aid.EvidenceID) bool {
		return slices.ContainsFunc(c.Deliveries, func(d aid.Delivery) bool { return slices.Contains(d.Evidence, id) })
	}
	for _, e := range evidence {
		if e.Commitment == c.ID && (slices.Contains(d.Evidence, e.ID) || e.Kind != aid.EvidencePhoto && !named(e.ID)) {
			files = append(files, print{kinds[e.Kind], e.Fingerprint()})
		}
	}
	if c.Letter != "" && !slices.ContainsFunc(files, func(p print) bool { return p.Fingerprint == c.Letter }) {
		files = append(files, print{r.lang.Say("Surat komitmen (PDF)"), c.Letter})
	}
	return files
}

// checks adds the page on which a number or a file is checked, and what is
// known of the site's own state until the publisher says more.
func (r *Renderer) checks(add func(path, template string, view any) error) error {
	return add("bast/index.html", "bast-check", r.frame("/bast/", r.lang.Say("Periksa BAST"),
		r.lang.Say("Cocokkan nomor berita acara serah terima, atau berkasnya, dengan catatan yang terbuka. Berkas tidak dikirim ke mana pun."), "bast.js"))
}
