// Command preview serves the site with invented facts, without database,
// publisher or API, for whoever works on how the pages look. It keeps nothing.
//
//	npm --prefix site run build && go run ./site/preview
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"path"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
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
	w := invent(pack)
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

func invent(pack *region.Pack) world {
	random := rand.New(rand.NewPCG(7, 7))
	w := world{
		pack: pack, now: time.Date(2026, 5, 22, 9, 0, 0, 0, pack.Zone),
		places: map[area.Code][]aid.Place{}, story: map[aid.RecipientID][]aid.Commitment{},
	}
	for _, k := range pack.At(area.Kelurahan) {
		reached := random.Float64() * 1.1
		for i := range 6 + random.IntN(9) {
			w.places[k.Code] = append(w.places[k.Code], w.rw(random, k, i+1, reached))
		}
	}
	return w
}

func (w world) rw(random *rand.Rand, k region.Area, n int, reached float64) aid.Place {
	code := fmt.Sprintf("%s.%03d", k.Code, n)
	households := int64(120 + random.IntN(600))
	kind, _ := w.pack.Territorial()
	today := aid.DayOf(w.now, w.pack.Zone)
	p := aid.Place{
		Recipient: aid.Recipient{
			ID: aid.RecipientID(code), Name: fmt.Sprintf("RW %02d", n), Kind: kind.ID, Area: area.Code(code),
			Point:      aid.Point{Lng: k.Point.Lng + (random.Float64()-.5)*.012, Lat: k.Point.Lat + (random.Float64()-.5)*.012},
			Households: households, People: households * 38 / 10, Steward: "Ibu Contoh Mawar", Demo: true,
		},
		Activity: aid.Activity{UpdatedAt: w.now},
	}
	for _, f := range w.pack.Flags[:1] {
		p.Recipient.Flags = append(p.Recipient.Flags, aid.Flag{ID: f.ID, On: today, Source: "data contoh"})
	}
	for _, i := range w.pack.Indicators {
		p.Recipient.Indicators = append(p.Recipient.Indicators, aid.Indicator{ID: i.ID, Value: int64(random.IntN(30)), On: today, Source: "data contoh"})
	}
	for _, pack := range w.pack.Packages {
		if !pack.For(kind.ID) || random.IntN(4) > 0 && pack.MilliHouseholdDays < 1000 {
			continue
		}
		need := aid.Need{
			ID: aid.NeedOf(p.Recipient.ID, pack.ID), Recipient: p.Recipient.ID, Program: pack.Program, Package: pack.ID,
			Needed: households, Source: "data contoh", ConfirmedOn: today.Plus(-random.IntN(45)), ConfirmedBy: "ketua RW",
		}
		if random.Float64() < reached {
			need.Received = int64(random.Float64() * float64(households) / 1.5)
			need.Delivered = int64(random.Float64() * float64(households-need.Received) / 4)
			need.Committed = int64(random.Float64() * float64(households-need.Received-need.Delivered) / 3)
			for i, line := range []struct {
				n int64
				s aid.State
			}{{need.Received, aid.Received}, {need.Delivered, aid.Delivered}, {need.Committed, aid.Pledged}} {
				if line.n == 0 {
					continue
				}
				at := w.now.AddDate(0, 0, 2*i-12)
				w.story[p.Recipient.ID] = append(w.story[p.Recipient.ID], aid.Commitment{
					ID: aid.CommitmentID(fmt.Sprintf("0198c0de-aaaa-7bbb-8ccc-%012x", random.Int64N(1<<47))), Recipient: p.Recipient.ID, Program: need.Program,
					Lines: []aid.Line{{Need: need.ID, Package: need.Package, Quantity: line.n, Unit: pack.Unit}},
					Name:  []string{"Komunitas Contoh Anggrek", "", "PT Contoh Jaya"}[i], Class: aid.Classes[i], State: line.s,
					Period:    aid.Period{From: today.Plus(2*i - 8), To: today.Plus(2*i - 5)},
					PledgedAt: at, ContactBy: at.Add(48 * time.Hour),
				})
			}
		}
		p.Needs = append(p.Needs, need)
	}
	return p
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
