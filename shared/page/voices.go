package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// complaintView is the page on which people complain, and follow up with the
// link that they were given.
type complaintView struct {
	frame
	Channels    []region.Channel
	Classes     []option
	Districts   []district
	Aggregators []region.Aggregator
	Days        int
	Least, Most int // characters of a text
}

// ideaView is the page on which people send ideas.
type ideaView struct {
	frame
	Topics      []option
	Least, Most int
}

type option struct{ ID, Name string }

// district is a kecamatan with its kelurahan, to choose from.
type district struct {
	Name      string
	Kelurahan []region.Area
}

// complaintClasses says in a sentence what went wrong.
func complaintClasses(l bahasa.Language) map[aid.ComplaintClass]string {
	return map[aid.ComplaintClass]string{
		aid.NotReceived:    l.Say("Bantuan yang dijanjikan tidak datang"),
		aid.FewerReceived:  l.Say("Yang datang kurang dari seharusnya"),
		aid.NotDistributed: l.Say("Sudah datang, tetapi tidak dibagikan"),
		aid.Fictitious:     l.Say("Penerimanya tidak ada"),
		aid.Double:         l.Say("Ada yang menerima dua kali"),
		aid.BadQuality:     l.Say("Barangnya rusak atau tidak layak"),
		aid.NotEligible:    l.Say("Yang menerima bukan yang berhak"),
		aid.Levy:           l.Say("Dimintai uang (pungutan)"),
		aid.Politics:       l.Say("Bantuan dipakai untuk kampanye"),
		aid.PriceClass:     l.Say("Harganya tidak wajar"),
		aid.OtherClass:     l.Say("Hal lain"),
	}
}

// ideaTopics says what an idea is about.
func ideaTopics(l bahasa.Language) map[aid.IdeaTopic]string {
	return map[aid.IdeaTopic]string{
		"help":    l.Say("Cara membantu dan dibantu"),
		"place":   l.Say("Satu lokasi atau wilayah"),
		"data":    l.Say("Data dan angka"),
		"partner": l.Say("Kerja sama dan mitra"),
		"site":    l.Say("Situs ini"),
		"other":   l.Say("Hal lain"),
	}
}

func (r *Renderer) complaintPage() complaintView {
	v := complaintView{
		frame: r.frame("/aduan/", r.lang.Say("Aduan"), r.lang.Say("Bantuan tidak sampai, kurang, atau dipungut biaya? Adukan di sini, boleh tanpa nama."), "aduan.js"),
		// Whether a channel is open is for the reader's day to say: this page does
		// not change from day to day. One that ended is hidden until a script looks.
		Channels: r.pack.Channels, Aggregators: r.pack.Aggregators, Days: r.pack.Complaints.AnswerDays(), Least: aid.MinComplaint, Most: aid.MaxComplaint,
	}
	names := complaintClasses(r.lang)
	for _, c := range aid.ComplaintClasses {
		v.Classes = append(v.Classes, option{string(c), names[c]})
	}
	for _, k := range r.pack.At(area.Kecamatan) {
		v.Districts = append(v.Districts, district{Name: k.Name, Kelurahan: r.pack.Children(k.Code)})
	}
	return v
}

func (r *Renderer) ideaPage() ideaView {
	v := ideaView{
		frame: r.frame("/usulan/", r.lang.Say("Usulan"), r.lang.Say("Punya gagasan supaya bantuan lebih cepat sampai? Kirim di sini."), "usulan.js"),
		Least: aid.MinComplaint, Most: aid.MaxIdea,
	}
	names := ideaTopics(r.lang)
	for _, t := range aid.IdeaTopics {
		v.Topics = append(v.Topics, option{string(t), names[t]})
	}
	return v
}
