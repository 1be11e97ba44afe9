package page

import (
	"encoding/json"
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// privateView is a page that shows nothing until a script has read the secret
// in its address. What the script cannot ask the API for stands in it.
type privateView struct {
	frame
	Hours       int // to make contact
	ZoneMinutes int // east of UTC, so that "today" is the region's
	// Things is JSON, {"<package>": ["one of it", "many of it"]}: what the API
	// names in Indonesian. It is empty on Indonesian pages.
	Things string
}

// private adds the pages for those who hold a link, and the one that sends them
// a new one. They are the same for everybody.
func (r *Renderer) private(add func(path, template string, view any) error) error {
	things, err := r.things()
	if err != nil {
		return err
	}
	view := func(frame frame) privateView {
		return privateView{frame: frame, Hours: r.pack.Limits.ContactHours, ZoneMinutes: r.zoneMinutes(), Things: things}
	}
	for _, p := range []struct {
		path, template string
		view           privateView
	}{
		{"k/index.html", "own", view(r.frame("/k/", r.lang.Say("Komitmen Anda"), r.lang.Say("Halaman pribadi satu komitmen."), "k.js").hidden())},
		{"pj/index.html", "steward", view(r.frame("/pj/", r.lang.Say("Untuk penanggung jawab lokasi"),
			r.lang.Say("Siapa yang datang, membawa apa, dan kapan; apa yang sudah diterima."), "pj.js").hidden())},
		{"lapor/index.html", "find", view(r.frame("/lapor/", r.lang.Say("Laporkan penyaluran donasi"),
			r.lang.Say("Minta tautan pribadi komitmen Anda, lalu laporkan penyalurannya."), "lapor.js"))},
	} {
		if err := add(p.path, p.template, p.view); err != nil {
			return err
		}
	}
	return nil
}

// things names what one counts of each package in a language that the API does
// not speak.
func (r *Renderer) things() (string, error) {
	if r.lang == bahasa.Indonesian {
		return "", nil
	}
	said := map[aid.PackageID][2]string{}
	for _, p := range r.pack.Packages {
		said[p.ID] = [2]string{p.Thing(1), p.Thing(2)}
	}
	body, err := json.Marshal(said)
	if err != nil {
		return "", fmt.Errorf("name packages: %w", err)
	}
	return string(body), nil
}

// zoneMinutes is how far east of UTC the region's clocks are set, in minutes.
func (r *Renderer) zoneMinutes() int {
	_, east := time.Unix(0, 0).In(r.pack.Zone).Zone()
	return east / 60
}
