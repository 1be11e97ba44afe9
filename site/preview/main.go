// Command preview serves the site with invented facts, without database,
// publisher or API, for whoever works on how the pages look. It keeps nothing.
//
//	npm --prefix site run build && go run ./site/preview
package main

import (
	"flag"
	"log"
	"net/http"
	"path"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/demo"
	"ksbb/shared/page"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

func main() {
	name := flag.String("region", "dki-jakarta", "region pack")
	address := flag.String("listen", "localhost:8090", "address to serve on")
	assets := flag.String("assets", "site/dist", "folder of built assets")
	flag.Parse()
	if err := run(*name, *address, *assets); err != nil {
		log.Fatal(err)
	}
}

func run(name, address, assets string) error {
	pack, err := region.Load(name)
	if err != nil {
		return err
	}
	pages, err := page.New(pack, "http://"+address)
	if err != nil {
		return err
	}
	pages.Demo = true
	w, err := invent(pack)
	if err != nil {
		return err
	}
	tree, err := w.render(pages)
	if err != nil {
		return err
	}
	log.Printf("%d pages on http://%s", len(tree), address)
	return http.ListenAndServe(address, serve(tree, http.FileServer(http.Dir(assets))))
}

// serve answers from the tree as the edge does, and from the assets otherwise.
func serve(tree map[string][]byte, assets http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		w.Header().Set("Cache-Control", "no-store")
		file := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if strings.HasSuffix(r.URL.Path, "/") {
			file = path.Join(file, "index.html")
		}
		body, ok := tree[file]
		switch {
		case ok:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(body)
		case strings.HasPrefix(file, "aset/") || file == "favicon.svg":
			assets.ServeHTTP(w, r)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusNotFound)
			w.Write(tree["404.html"])
		}
	})
}

// world is a region full of invented recipients.
type world struct {
	pack   *region.Pack
	now    time.Time
	places map[area.Code][]aid.Place // by kelurahan
	story  map[aid.RecipientID][]aid.Commitment
}

func invent(pack *region.Pack) (world, error) {
	now := time.Date(2026, 5, 22, 9, 0, 0, 0, pack.Zone)
	w := world{pack: pack, now: now, places: map[area.Code][]aid.Place{}, story: map[aid.RecipientID][]aid.Commitment{}}
	listings, err := demo.Make(pack, 7, nil, aid.DayOf(now, pack.Zone))
	if err != nil {
		return w, err
	}
	for _, l := range listings {
		k := l.Recipient.Area.At(area.Kelurahan)
		w.places[k] = append(w.places[k], aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity})
		w.story[l.Recipient.ID] = l.History
	}
	return w, nil
}

// render makes every page.
func (w world) render(pages *page.Renderer) (map[string][]byte, error) {
	tree, err := pages.Fixed()
	if err != nil {
		return nil, err
	}
	add := func(name string, body []byte, err2 error) {
		tree[name] = body
		if err == nil {
			err = err2
		}
	}
	areas := w.areas()
	for code, a := range areas {
		folder := "wilayah/" + string(code) + "/index.html"
		switch code.Level() {
		case area.Provinsi:
			body, err := pages.Home(a, areas)
			add("index.html", body, err)
		case area.Kelurahan:
			body, err := pages.Kelurahan(a, w.places[code])
			add(folder, body, err)
		default:
			body, err := pages.Area(a, areas)
			add(folder, body, err)
		}
	}
	for _, places := range w.places {
		for i, p := range places {
			near := places[max(0, i-2):i]
			body, err := pages.Place(p, w.story[p.Recipient.ID], near)
			add("lokasi/"+string(p.Recipient.ID)+"/index.html", body, err)
			body, err = pages.Form(p, near)
			add("bantu/"+string(p.Recipient.ID)+"/index.html", body, err)
		}
	}
	return tree, err
}

// areas returns every area with its totals, from the kelurahan up.
func (w world) areas() map[area.Code]tally.Area {
	all := map[area.Code]tally.Area{}
	for i := len(w.pack.Areas) - 1; i >= 0; i-- { // children stand after their parents
		a := w.pack.Areas[i]
		t := tally.Area{Code: a.Code, Name: a.Name, Point: a.Point, AsOf: w.now, Totals: tally.Fold(w.places[a.Code], w.pack.Catalogue())}
		for _, c := range w.pack.Children(a.Code) {
			child := all[c.Code]
			t.Totals = t.Totals.Plus(child.Totals)
			t.Children = append(t.Children, tally.Child{Code: c.Code, Name: c.Name, Point: c.Point, Totals: child.Totals})
		}
		all[a.Code] = t
	}
	return all
}
