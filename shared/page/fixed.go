package page

import (
	"maps"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// Fixed renders what does not change with the facts: pages, and a few files that
// are none. Keys are paths in the public tree, such as "k/index.html".
func (r *Renderer) Fixed() (map[string][]byte, error) {
	pages := map[string][]byte{}
	add := func(path, template string, view any) error {
		body, err := r.render(template, view)
		pages[path] = body
		return err
	}
	for _, part := range []func(func(path, template string, view any) error) error{
		r.refusals, r.strays, r.private, r.voices, r.guides, r.checks, r.partners, r.programs, r.promises, r.atlas, r.handouts, r.console,
	} {
		if err := part(add); err != nil {
			return nil, err
		}
	}
	if r.lang == bahasa.Indonesian {
		names, err := r.names()
		if err != nil {
			return nil, err
		}
		pages[namesPath] = names
	}
	plain, err := r.plainFiles()
	if err != nil {
		return nil, err
	}
	maps.Copy(pages, plain)
	return pages, nil
}

// refusals adds a page for every kind of problem, and the list of them.
func (r *Renderer) refusals(add func(path, template string, view any) error) error {
	all := refusalsView{frame: r.frame("/masalah/", r.lang.Say("Bila sesuatu tidak berhasil"), r.lang.Say("Apa arti pesan yang Anda lihat, apa yang tidak hilang, dan apa yang dapat Anda lakukan."), "").hidden()}
	known := problems(r.lang)
	for _, slug := range Problems {
		p := known[slug]
		v := problemView{frame: r.frame("/masalah/"+slug+"/", p.Heading, p.Happened, "").hidden(), problem: p}
		if err := add("masalah/"+slug+"/index.html", "problem", v); err != nil {
			return err
		}
		all.Problems = append(all.Problems, refusal{Path: "/masalah/" + slug + "/", problem: p})
	}
	return add("masalah/index.html", "problems", all)
}

// strays adds what meets those who are nowhere: at an address that does not
// exist, at one that is not used, or without a network.
func (r *Renderer) strays(add func(path, template string, view any) error) error {
	missing := r.frame("/", r.lang.Say("Halaman tidak ditemukan"), r.lang.Say("Halaman ini tidak ada atau sudah pindah."), "").hidden()
	if err := add("404.html", "missing", missing); err != nil {
		return err
	}
	offline := r.frame("/luring/", r.lang.Say("Anda sedang luring"), r.lang.Say("Apa yang tetap bisa dibuka dan diisi tanpa sinyal."), "").hidden()
	if err := add("luring/index.html", "offline", offline); err != nil {
		return err
	}
	// The first page is the region's; whoever follows the pattern of the others
	// is led there.
	whole := r.frame("/", r.pack.AreaName(r.pack.Root), r.lang.Say("Seluruh wilayah ada di halaman depan."), "")
	whole.Refresh = "/"
	return add("wilayah/"+string(r.pack.Root)+"/index.html", "whole", whole)
}

// voices adds the pages on which people complain, send ideas and subscribe.
func (r *Renderer) voices(add func(path, template string, view any) error) error {
	if err := add("aduan/index.html", "complaint", r.complaintPage()); err != nil {
		return err
	}
	if err := add("usulan/index.html", "idea", r.ideaPage()); err != nil {
		return err
	}
	return add("langganan/index.html", "subscribe", r.subscribePage())
}

// guides adds how to help, and what may be given.
func (r *Renderer) guides(add func(path, template string, view any) error) error {
	how := howView{
		frame:  r.frame("/cara/", r.lang.Say("Cara membantu"), r.lang.Say("Dari memilih lokasi sampai bantuan diterima, langkah demi langkah."), ""),
		Limits: r.pack.Limits.ContactHours, Rules: r.pack.GoodsRules,
	}
	if err := add("cara/index.html", "how", how); err != nil {
		return err
	}
	return add("paket/index.html", "catalogue", r.cataloguePage())
}

// promises adds what the site owes to those who use it.
func (r *Renderer) promises(add func(path, template string, view any) error) error {
	privacy := privacyView{
		frame: r.frame("/privasi/", r.lang.Say("Privasi"), r.lang.Say("Data pribadi apa yang disimpan, untuk apa, berapa lama, dan hak Anda."), ""),
		Hours: r.pack.Limits.VerifyHours, ConfirmHours: aid.ConfirmHours, Retention: aid.RetentionDays,
	}
	if err := add("privasi/index.html", "privacy", privacy); err != nil {
		return err
	}
	access := r.frame("/aksesibilitas/", r.lang.Say("Aksesibilitas"), r.lang.Say("Situs ini dibuat supaya dapat dipakai semua orang. Apa yang sudah diperiksa, dan apa yang belum."), "")
	return add("aksesibilitas/index.html", "access", access)
}

// refusalsView lists every kind of refusal.
type refusalsView struct {
	frame
	Problems []refusal
}

// refusal leads to the page of one.
type refusal struct {
	Path string
	problem
}

type howView struct {
	frame
	Limits int // hours to make contact
	Rules  []region.GoodsRule
}

type privacyView struct {
	frame
	Hours        int // until an unverified submission is dropped
	ConfirmHours int // until an unconfirmed subscription is
	Retention    int // days for which a contact outlives its commitment
}
