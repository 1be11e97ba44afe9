package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/area"
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
var complaintClasses = map[aid.ComplaintClass]string{
	aid.NotReceived:    "Bantuan yang dijanjikan tidak datang",
	aid.FewerReceived:  "Yang datang kurang dari seharusnya",
	aid.NotDistributed: "Sudah datang, tetapi tidak dibagikan",
	aid.Fictitious:     "Penerimanya tidak ada",
	aid.Double:         "Ada yang menerima dua kali",
	aid.BadQuality:     "Barangnya rusak atau tidak layak",
	aid.NotEligible:    "Yang menerima bukan yang berhak",
	aid.Levy:           "Dimintai uang (pungutan)",
	aid.Politics:       "Bantuan dipakai untuk kampanye",
	aid.PriceClass:     "Harganya tidak wajar",
	aid.OtherClass:     "Hal lain",
}

var ideaTopics = map[aid.IdeaTopic]string{
	"help":    "Cara membantu dan dibantu",
	"place":   "Satu lokasi atau wilayah",
	"data":    "Data dan angka",
	"partner": "Kerja sama dan mitra",
	"site":    "Situs ini",
	"other":   "Hal lain",
}

func (r *Renderer) complaintPage() complaintView {
	v := complaintView{
		frame: r.frame("/aduan/", "Aduan", "Bantuan tidak sampai, kurang, atau dipungut biaya? Adukan di sini, boleh tanpa nama.", "aduan.js"),
		// Whether a channel is open is for the reader's day to say: this page does
		// not change from day to day. One that ended is hidden until a script looks.
		Channels: r.pack.Channels, Aggregators: r.pack.Aggregators, Days: aid.ComplaintDays, Least: aid.MinComplaint, Most: aid.MaxComplaint,
	}
	for _, c := range aid.ComplaintClasses {
		v.Classes = append(v.Classes, option{string(c), complaintClasses[c]})
	}
	for _, k := range r.pack.At(area.Kecamatan) {
		v.Districts = append(v.Districts, district{Name: k.Name, Kelurahan: r.pack.Children(k.Code)})
	}
	return v
}

func (r *Renderer) ideaPage() ideaView {
	v := ideaView{
		frame: r.frame("/usulan/", "Usulan", "Punya gagasan supaya bantuan lebih cepat sampai? Kirim di sini.", "usulan.js"),
		Least: aid.MinComplaint, Most: aid.MaxIdea,
	}
	for _, t := range aid.IdeaTopics {
		v.Topics = append(v.Topics, option{string(t), ideaTopics[t]})
	}
	return v
}
