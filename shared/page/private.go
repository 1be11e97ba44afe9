package page

import "time"

// privateView is a page that shows nothing until a script has read the secret
// in its address. What the script cannot ask the API for stands in it.
type privateView struct {
	frame
	Hours       int // to make contact
	ZoneMinutes int // east of UTC, so that "today" is the region's
}

type fixedPage struct {
	template string
	view     privateView
}

// private returns the pages for those who hold a link, and the one that sends
// them a new one. They are the same for everybody.
func (r *Renderer) private() map[string]fixedPage {
	view := func(frame frame) privateView {
		return privateView{frame: frame, Hours: r.pack.Limits.ContactHours, ZoneMinutes: r.zoneMinutes()}
	}
	return map[string]fixedPage{
		"k/index.html":     {"own", view(r.frame("/k/", "Janji bantuan Anda", "Halaman pribadi satu janji bantuan.", "k.js").hidden())},
		"pj/index.html":    {"steward", view(r.frame("/pj/", "Untuk penanggung jawab lokasi", "Siapa yang datang, membawa apa, dan kapan; apa yang sudah diterima.", "pj.js").hidden())},
		"lapor/index.html": {"find", view(r.frame("/lapor/", "Laporkan penyaluran donasi", "Minta tautan pribadi janji Anda, lalu laporkan penyalurannya.", "lapor.js"))},
	}
}

// zoneMinutes is how far east of UTC the region's clocks are set, in minutes.
func (r *Renderer) zoneMinutes() int {
	_, east := time.Unix(0, 0).In(r.pack.Zone).Zone()
	return east / 60
}
