package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/picture"
)

// icons are the sides of the icons that phones ask for.
var icons = []int{192, 512}

func iconPath(side int) string { return fmt.Sprintf("gambar/ikon-%d.png", side) }

// unlisted are addresses that mean something to one person or for one moment
// only. None of them is a page that a search engine could find by itself.
var unlisted = []string{"/k/", "/pj/", "/bantu/", "/embed/", "/poster/", "/masalah/", "/luring/", "/v1/"}

// plainFiles renders the fixed files that are not pages, by their paths in the
// public tree.
func (r *Renderer) plainFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	own := r.ownCard()
	var err error
	if files[ownPicture], err = drawnOnce(own.Key(), own.PNG); err != nil {
		return nil, err
	}
	if files["manifest.webmanifest"], err = r.manifest(); err != nil {
		return nil, err
	}
	for _, a := range r.pack.Areas {
		if a.Level <= area.Kecamatan {
			if files[oembedPath(a.Code)], err = r.oembed(a.Code, a.Name); err != nil {
				return nil, err
			}
		}
	}
	if r.lang != bahasa.Indonesian { // the rest is the same in every language
		return files, nil
	}
	for _, side := range icons {
		if files[iconPath(side)], err = drawnOnce(iconPath(side), func() ([]byte, error) { return picture.Icon(side) }); err != nil {
			return nil, err
		}
	}
	files["robots.txt"] = r.robots()
	return files, nil
}

// fixedPictures keeps the pictures that no fact changes: every sweep asks for them.
var fixedPictures sync.Map

func drawnOnce(key string, draw func() ([]byte, error)) ([]byte, error) {
	if known, ok := fixedPictures.Load(key); ok {
		return known.([]byte), nil
	}
	body, err := draw()
	if err == nil {
		fixedPictures.Store(key, body)
	}
	return body, err
}

// robots tells search engines what is no page for them. Nothing private is kept
// by it: private pages hold nothing without the secret in their address.
func (r *Renderer) robots() []byte {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range unlisted {
		for _, l := range bahasa.Languages {
			if path == "/v1/" && l != bahasa.Indonesian {
				continue
			}
			fmt.Fprintf(&b, "Disallow: %s%s\n", prefix(l), path)
		}
	}
	fmt.Fprintf(&b, "\nSitemap: %s/sitemap.xml\n", r.site)
	return []byte(b.String())
}

// appManifest is what a phone asks before it puts the site beside its apps.
type appManifest struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	ShortName   string     `json:"short_name"`
	Description string     `json:"description"`
	Lang        string     `json:"lang"`
	Dir         string     `json:"dir"`
	Start       string     `json:"start_url"`
	Scope       string     `json:"scope"`
	Display     string     `json:"display"`
	Background  string     `json:"background_color"`
	Theme       string     `json:"theme_color"`
	Icons       []appIcon  `json:"icons"`
	Shortcuts   []shortcut `json:"shortcuts"`
}

type appIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type shortcut struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (r *Renderer) manifest() ([]byte, error) {
	here := prefix(r.lang)
	m := appManifest{
		ID: "/", Name: r.pack.Title, ShortName: r.pack.Texts.Short, Description: r.pack.Texts.Purpose, Lang: string(r.lang), Dir: "ltr",
		Start: here + "/", Scope: "/", Display: "minimal-ui", Background: "#fbfaf6", Theme: "#0b6e4f",
		Shortcuts: []shortcut{{r.lang.Say("Peta"), here + "/peta/"}, {r.lang.Say("Laporkan penyaluran"), here + "/lapor/"}},
	}
	for _, side := range icons {
		for _, purpose := range []string{"any", "maskable"} {
			m.Icons = append(m.Icons, appIcon{"/" + iconPath(side), fmt.Sprintf("%dx%d", side, side), "image/png", purpose})
		}
	}
	return encoded(m, "manifest of the site")
}

// encoded writes a JSON file as the public tree has them: one object, one line.
func encoded(v any, what string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return b.Bytes(), nil
}
