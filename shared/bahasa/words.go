package bahasa

import (
	"cmp"
	"strings"

	"ksbb/shared/aid"
)

var (
	classes = map[aid.Class]string{
		aid.SocialOrganization: "Lembaga sosial",
		aid.Business:           "Badan usaha",
		aid.Individual:         "Perorangan",
		aid.Community:          "Komunitas",
		aid.Government:         "Instansi pemerintah",
	}
	routes = map[aid.Route]string{aid.Direct: "Diantar langsung", aid.Aggregate: "Lewat mitra penyalur"}
)

// Class names a class of givers: Badan usaha. One that nobody knows is named by
// itself.
func Class(c aid.Class) string { return cmp.Or(classes[c], string(c)) }

// Route names how aid travels: Diantar langsung. One that nobody knows is named
// by itself.
func Route(r aid.Route) string { return cmp.Or(routes[r], string(r)) }

// Thing is what one counts of a package, to stand after a number: "paket
// sembako" of Paket Sembako counted in paket, "porsi makanan siap saji" of
// Paket Makanan Siap Saji counted in porsi, "THR per orang" of Paket THR per
// orang counted in orang.
func Thing(p aid.Package) string {
	var words []string
	for _, w := range strings.Fields(p.Name) {
		if w != strings.ToUpper(w) { // THR, UMKM and the like keep their capitals
			w = strings.ToLower(w)
		}
		words = append(words, w)
	}
	if len(words) > 1 && words[0] == "paket" {
		words = words[1:]
	}
	name := strings.Join(words, " ")
	switch {
	case p.Unit == "" || name == p.Unit || strings.HasPrefix(name, p.Unit+" ") || strings.HasSuffix(name, " per "+p.Unit):
		return name
	case name == "":
		return p.Unit
	}
	return p.Unit + " " + name
}

// List joins words as one says them: a, b, dan c.
func List(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	case 2:
		return words[0] + " dan " + words[1]
	default:
		return strings.Join(words[:n-1], ", ") + ", dan " + words[n-1]
	}
}
