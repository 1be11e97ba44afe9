package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// Fixed renders the pages that do not change with the facts. Keys are paths in
// the public tree, such as "k/index.html".
func (r *Renderer) Fixed() (map[string][]byte, error) {
	pages := map[string][]byte{}
	add := func(path, template string, view any) error {
		body, err := r.render(template, view)
		pages[path] = body
		return err
	}
	for _, slug := range Problems {
		p := problems[slug]
		v := problemView{frame: r.frame("/masalah/"+slug+"/", p.Heading, p.Happened, "").hidden(), problem: p}
		if err := add("masalah/"+slug+"/index.html", "problem", v); err != nil {
			return nil, err
		}
	}
	missing := r.frame("/", "Halaman tidak ditemukan", "Halaman ini tidak ada atau sudah pindah.", "").hidden()
	if err := add("404.html", "missing", missing); err != nil {
		return nil, err
	}
	// The first page is the region's; whoever follows the pattern of the others
	// is led there.
	whole := r.frame("/", r.pack.AreaName(r.pack.Root), "Seluruh wilayah ada di halaman depan.", "")
	whole.Refresh = "/"
	if err := add("wilayah/"+string(r.pack.Root)+"/index.html", "whole", whole); err != nil {
		return nil, err
	}
	for path, p := range r.private() {
		if err := add(path, p.template, p.view); err != nil {
			return nil, err
		}
	}
	if err := add("aduan/index.html", "complaint", r.complaintPage()); err != nil {
		return nil, err
	}
	if err := add("usulan/index.html", "idea", r.ideaPage()); err != nil {
		return nil, err
	}
	if err := add("langganan/index.html", "subscribe", r.subscribePage()); err != nil {
		return nil, err
	}
	how := howView{
		frame:  r.frame("/cara/", "Cara membantu", "Dari memilih lokasi sampai bantuan diterima, langkah demi langkah.", ""),
		Limits: r.pack.Limits.ContactHours, Rules: r.pack.GoodsRules,
	}
	for _, p := range r.pack.Packages {
		l := howPackage{Package: p}
		if n := len(p.Prices); n > 0 {
			l.Price = bahasa.Rupiah(p.Prices[n-1].Amount)
			l.From = bahasa.Date(p.Prices[n-1].From)
		}
		how.Packages = append(how.Packages, l)
	}
	if err := add("cara/index.html", "how", how); err != nil {
		return nil, err
	}
	privacy := privacyView{
		frame: r.frame("/privasi/", "Privasi", "Data pribadi apa yang disimpan, untuk apa, berapa lama, dan hak Anda.", ""),
		Hours: r.pack.Limits.VerifyHours, ConfirmHours: aid.ConfirmHours, Retention: aid.RetentionDays,
	}
	if err := add("privasi/index.html", "privacy", privacy); err != nil {
		return nil, err
	}
	return pages, nil
}

type howView struct {
	frame
	Limits   int // hours to make contact
	Rules    []region.GoodsRule
	Packages []howPackage
}

type howPackage struct {
	region.Package
	Price, From string
}

type privacyView struct {
	frame
	Hours        int // until an unverified submission is dropped
	ConfirmHours int // until an unconfirmed subscription is
	Retention    int // days for which a contact outlives its commitment
}
