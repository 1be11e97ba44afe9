package area

import "testing"

func TestParseAcceptsEveryLevelAndNothingElse(t *testing.T) {
	for s, level := range map[string]Level{
		"31": Provinsi, "31.74": Kota, "31.74.01": Kecamatan, "31.74.01.1001": Kelurahan, "31.74.01.1001.003": RW,
	} {
		c, err := Parse(s)
		if err != nil || c.Level() != level {
			t.Errorf("Parse(%q) = level %v, %v; want %v", s, c.Level(), err, level)
		}
	}
	for _, s := range []string{"", ".", "3", "31.", "31.7", "31.74.1", "31.74.01.101", "31.74.01.1001.3", "31.74.01.1001.003.1", "AB", "31/74", "३१", "31.74.01.1001.003 "} {
		if c, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %q; want a refusal", s, c)
		}
	}
}

func TestHierarchyFollowsTheCode(t *testing.T) {
	rw := Code("31.74.01.1001.003")
	if got := rw.At(Kecamatan); got != "31.74.01" {
		t.Errorf("kecamatan of %s = %s", rw, got)
	}
	if got := Code("31.74").At(Kelurahan); got != "" {
		t.Errorf("kelurahan of a kota = %q; want none", got)
	}
	if got := Code("31").Parent(); got != "" {
		t.Errorf("parent of a province = %q; want none", got)
	}
	if !Code("31.74").Contains(rw) || Code("31.7").Contains(rw) || Code("31.75").Contains(rw) {
		t.Error("Contains must go by whole parts of the code")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("31.74.01.1001.003")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		if string(c) != s || c.At(Provinsi).Level() != Provinsi || !c.At(Provinsi).Contains(c) {
			t.Errorf("Parse(%q) = %q breaks the hierarchy", s, c)
		}
	})
}
