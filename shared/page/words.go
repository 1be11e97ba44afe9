package page

import (
	"html/template"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// count is a number with its thing: "240 paket sembako".
func (r *Renderer) count(n int64, p region.Package) string {
	return r.lang.Number(n) + " " + p.Thing(n)
}

// levels names what an area of each level is called. These are names, the same
// in every language.
var levels = map[area.Level]string{
	area.Provinsi: "Provinsi", area.Kota: "Kota", area.Kecamatan: "Kecamatan", area.Kelurahan: "Kelurahan",
}

// own marks what people wrote themselves, which stays as they wrote it: on a
// page in another language it is said to be Indonesian, so that it is read out
// as such.
func own(l bahasa.Language, text string) template.HTML {
	safe := template.HTMLEscapeString(text)
	if l == bahasa.Indonesian || text == "" {
		return template.HTML(safe)
	}
	return template.HTML(`<span lang="id">` + safe + `</span>`)
}

func (r *Renderer) own(text string) template.HTML { return own(r.lang, text) }

// fullName is the name by which a recipient is known outside its kelurahan:
// "RW 03 Cengkareng Timur".
func (r *Renderer) fullName(p aid.Recipient) string {
	kelurahan := r.pack.AreaName(p.Area.At(area.Kelurahan))
	if kelurahan == "" || strings.Contains(p.Name, kelurahan) {
		return p.Name
	}
	return p.Name + " " + kelurahan
}

// shortName is the name by which a recipient is known inside its kelurahan:
// "RW 03".
func (r *Renderer) shortName(p aid.Recipient) string {
	kelurahan := r.pack.AreaName(p.Area.At(area.Kelurahan))
	if short := strings.TrimSuffix(p.Name, " "+kelurahan); short != "" {
		return short
	}
	return p.Name
}

// steward says who answers for a recipient: "Ketua RW: Ibu Contoh Mawar".
func (r *Renderer) steward(p aid.Recipient) string {
	if p.Steward == "" {
		return ""
	}
	if k, ok := r.pack.Kind(p.Kind); ok && k.Steward != "" {
		return k.Steward + ": " + p.Steward
	}
	return r.lang.Say("Penanggung jawab: %s", p.Steward)
}

// kindName is the name of a recipient's kind, and the kind itself for one that
// the pack no longer knows.
func (r *Renderer) kindName(id aid.KindID) string {
	if k, ok := r.pack.Kind(id); ok {
		return k.Name
	}
	return string(id)
}

// coarse tells whether a recipient's exact place must not be shown.
func (r *Renderer) coarse(p aid.Recipient) bool { return r.catalogue.Kinds[p.Kind].Coarse }

// packageOf returns the package of a need, and one named by its id where the
// pack no longer has it, so that a page never loses a need.
func (r *Renderer) packageOf(id aid.PackageID) region.Package {
	if p, ok := r.pack.Package(id); ok {
		return p
	}
	return region.Package{Package: aid.Package{ID: id, Name: string(id)}}
}
