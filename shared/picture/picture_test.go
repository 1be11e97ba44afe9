package picture

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

func place() Card {
	return Card{
		Site: "KSBB Contoh", Address: "ksbb.example", Badge: "Data contoh", Above: "RW · Kecamatan Contoh, Kota Contoh", Name: "RW 03 Contoh Timur",
		Alarm: "Belum menerima apa pun", Says: "Masih butuh paket sembako, makanan siap saji, dan 2 lainnya",
		Bar: &Bar{Twelfths: [3]int{3, 1, 2}, Words: [4]string{"diterima", "dikirim", "dijanjikan", "belum dijanjikan"}},
	}
}

func TestThePictureOfACardIsSmallAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	first, err := place().PNG()
	if err != nil {
		t.Fatal(err)
	}
	again, err := place().PNG()
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same card gave other bytes (%v)", err)
	}
	if len(first) > 60_000 {
		t.Errorf("the picture has %d bytes", len(first))
	}
	m, err := png.Decode(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Bounds(); b.Dx() != Width || b.Dy() != Height {
		t.Errorf("the picture is %v", b)
	}
}

func TestAKeyChangesWithEverythingThatIsSeen(t *testing.T) {
	t.Parallel()
	patch := Patch{{{0, 0}, {10, 0}, {10, 10}}}
	with := func(change func(*Card)) string {
		c := place()
		c.Map = &Map{Outline: NewOutline(10, 10, []Patch{patch}), Shades: []Shade{1}, Words: "x"}
		change(&c)
		return c.Key()
	}
	keys := map[string]string{with(func(*Card) {}): "the card itself"}
	for what, change := range map[string]func(*Card){
		"site":    func(c *Card) { c.Site += "x" },
		"address": func(c *Card) { c.Address += "x" },
		"badge":   func(c *Card) { c.Badge = "" },
		"above":   func(c *Card) { c.Above += "x" },
		"name":    func(c *Card) { c.Name += "x" },
		"alarm":   func(c *Card) { c.Alarm = "" },
		"says":    func(c *Card) { c.Says += "x" },
		"bar":     func(c *Card) { c.Bar.Twelfths[1]++ },
		"words":   func(c *Card) { c.Bar.Words[3] += "x" },
		"shade":   func(c *Card) { c.Map.Shades[0]++ },
		"outline": func(c *Card) { c.Map.Outline = NewOutline(10, 10, []Patch{{{{0, 0}, {10, 0}, {9, 10}}}}) },
		"legend":  func(c *Card) { c.Map.Words += "x" },
	} {
		k := with(change)
		if same, there := keys[k]; there {
			t.Errorf("%s has the key of %s", what, same)
		}
		keys[k] = what
		if len(k) != 10 || strings.Trim(k, "0123456789abcdef") != "" {
			t.Errorf("key %q", k)
		}
	}
	if with(func(*Card) {}) != with(func(*Card) {}) {
		t.Error("the same card has two keys")
	}
}
