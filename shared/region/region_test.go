package region

import (
	"testing"

	"ksbb/shared/area"
)

func jakarta(t *testing.T) *Pack {
	t.Helper()
	p, err := Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestJakartaHasAllItsAreas(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for level, want := range map[area.Level]int{area.Provinsi: 1, area.Kota: 6, area.Kecamatan: 44, area.Kelurahan: 267} {
		if got := len(p.At(level)); got != want {
			t.Errorf("%d areas of level %s; want %d", got, level, want)
		}
	}
}
