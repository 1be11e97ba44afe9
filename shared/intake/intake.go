// Package intake knows what the rows of a list mean that an office brings:
// recipients, needs, indicators or flags. It finds the columns by their headers,
// reads each row into values, says what is wrong with it in words that help to
// mend it, and compares the rest with what is known. It stores nothing.
package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// List is what a file lists.
type List string

// The lists.
const (
	Recipients List = "recipients"
	Needs      List = "needs"
	Indicators List = "indicators"
	Flags      List = "flags"
)

// Lists lists every list in the order in which they are offered.
var Lists = []List{Recipients, Needs, Indicators, Flags}

// MaxRows is how many rows of values one file may have.
const MaxRows = 200_000

// Field is one value of a row.
type Field struct {
	ID       string
	Name     string // the header in the template
	Required bool   // every file must have it, as a column or one value for all rows
	Fixable  bool   // one value may stand for all rows
	About    string
	Example  string
	synonyms []string
}

// indicatorPrefix begins the field of an indicator's figure.
const indicatorPrefix = "indicator."

// FieldsOf returns the fields of a list in the order of its template.
func FieldsOf(list List, pack *region.Pack) []Field {
	code := Field{
		ID: "code", Name: "Kode", Required: true, Example: exampleCode(pack),
		About:    "Kode wilayah RW, atau <kelurahan>-<jenis>-<nomor> untuk penerima lain",
		synonyms: []string{"id", "koderw", "kodewilayah", "kodepenerima", "kodelokasi", "idpenerima", "idrw", "idlokasi", "recipient", "recipientid", "rwcode", "kodekemendagri", "penerima"},
	}
	on := Field{ID: "on", Name: "Tanggal", Required: true, Fixable: true, Example: "2026-03-02", About: "Kapan datanya benar",
		synonyms: []string{"tgl", "date", "per", "pertanggal", "tanggaldata", "tanggalkonfirmasi", "dikonfirmasi", "confirmedon", "on"}}
	source := Field{ID: "source", Name: "Sumber", Required: true, Fixable: true, Example: "Dinas Sosial", About: "Lembaga yang menyatakannya",
		synonyms: []string{"sumberdata", "source", "asal", "instansi", "lembaga"}}
	switch list {
	case Recipients:
		kind := "RW"
		if k, ok := pack.Territorial(); ok {
			kind = k.Name
		}
		return []Field{
			code,
			{ID: "kind", Name: "Jenis", Fixable: true, Example: kind, About: "Jenis penerima", synonyms: []string{"jenispenerima", "jenislokasi", "tipe", "kategori", "kind", "type"}},
			{ID: "area", Name: "Kelurahan", Example: "", About: "Kode atau nama kelurahan, bila kode penerima belum ada",
				synonyms: []string{"kodekelurahan", "namakelurahan", "desa", "kelurahandesa", "area", "village", "idkelurahan"}},
			{ID: "district", Name: "Kecamatan", About: "Bila nama kelurahan ada di lebih dari satu kecamatan", synonyms: []string{"namakecamatan", "district"}},
			{ID: "rw", Name: "RW", About: "Nomor RW, bila kode hanya sampai kelurahan", synonyms: []string{"nomorrw", "norw"}},
			{ID: "name", Name: "Nama", Example: kind + " 003 Contoh", About: "Nama yang ditampilkan", synonyms: []string{"namapenerima", "namalokasi", "namarw", "namalembaga", "namapanti", "namausaha", "namasekolah", "name"}},
			{ID: "lat", Name: "Lintang", Example: "-6.2088", About: "Derajat, negatif di selatan khatulistiwa", synonyms: []string{"lat", "latitude", "y", "garislintang"}},
			{ID: "lng", Name: "Bujur", Example: "106.8456", About: "Derajat", synonyms: []string{"lng", "lon", "long", "longitude", "x", "garisbujur"}},
			{ID: "households", Name: "Jumlah KK", Example: "420", About: "Kepala keluarga", synonyms: []string{"kk", "jmlkk", "jumlahkeluarga", "keluarga", "households", "kepalakeluarga", "jumlahkepalakeluarga"}},
			{ID: "people", Name: "Jumlah Jiwa", Example: "1650", About: "Orang", synonyms: []string{"jiwa", "jmljiwa", "jumlahorang", "orang", "penghuni", "people", "jumlahpenghuni", "jumlahpenduduk", "penduduk"}},
			{ID: "steward", Name: "Penanggung Jawab", Example: "Ibu Contoh", About: "Nama yang ditampilkan", synonyms: []string{"pj", "ketuarw", "namaketuarw", "namapj", "narahubung", "pic", "pengurus", "pemilik", "steward", "ketua", "namapenanggungjawab"}},
			{ID: "phone", Name: "Telepon", Example: "", About: "Rahasia: hanya untuk kolaborator yang berkomitmen", synonyms: []string{"telp", "notelp", "nomortelepon", "notelepon", "hp", "nohp", "nomorhp", "wa", "nowa", "whatsapp", "phone", "telponpj", "teleponpj", "hppj", "hpketuarw"}},
			{ID: "email", Name: "Surel", Example: "", About: "Rahasia: hanya untuk kolaborator yang berkomitmen", synonyms: []string{"email", "alamatemail", "alamatsurel", "mail"}},
			{ID: "address", Name: "Alamat", Example: "Jalan Contoh 3", About: "Tempat menyerahkan bantuan", synonyms: []string{"alamatlengkap", "alamatlokasi", "address", "jalan"}},
			{ID: "closed", Name: "Ditutup", Example: "tidak", About: "ya: tidak menerima komitmen baru", synonyms: []string{"tutup", "closed", "nonaktif"}},
		}
	case Needs:
		return []Field{
			code,
			{ID: "package", Name: "Paket", Required: true, Fixable: true, Example: examplePackage(pack), About: "Nama atau kode paket", synonyms: []string{"namapaket", "kodepaket", "jenispaket", "jenisbantuan", "bantuan", "package", "kebutuhan"}},
			{ID: "needed", Name: "Jumlah", Required: true, Example: "120", About: "Banyaknya yang dibutuhkan seluruhnya, termasuk yang sudah dijanjikan", synonyms: []string{"jumlahkebutuhan", "dibutuhkan", "needed", "quantity", "qty", "banyak", "target", "jml"}},
			on, source,
		}
	case Indicators:
		fields := []Field{code}
		for _, i := range pack.Indicators {
			fields = append(fields, Field{ID: indicatorPrefix + string(i.ID), Name: i.Name, Example: "0", About: i.About + " (" + i.Unit + ")", synonyms: []string{folded(string(i.ID)), "jumlah" + folded(i.Name), "jml" + folded(i.Name), folded(i.Name)}})
		}
		return append(fields, on, source)
	case Flags:
		example := ""
		if len(pack.Flags) > 0 {
			example = pack.Flags[0].Name
		}
		return []Field{
			code,
			{ID: "flag", Name: "Tanda", Required: true, Fixable: true, Example: example, About: "Nama atau kode tanda", synonyms: []string{"flag", "penanda", "daftar", "programbantuan", "kriteria"}},
			on, source,
			{ID: "off", Name: "Cabut", Fixable: true, Example: "tidak", About: "ya: tandanya dicabut", synonyms: []string{"dicabut", "hapus", "remove", "off"}},
		}
	}
	return nil
}

// exampleCode is the code of an RW that stands in no list: number 999 of the
// first kelurahan.
func exampleCode(pack *region.Pack) string {
	for _, a := range pack.Areas {
		if a.Level.String() == "kelurahan" {
			return string(a.Code) + ".999"
		}
	}
	return ""
}

func examplePackage(pack *region.Pack) string {
	if len(pack.Packages) == 0 {
		return ""
	}
	return pack.Packages[0].Name
}

// folded returns the letters and digits of a text, by which names and headers
// are compared.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Guess returns the field of each header, empty where none is meant. No field is
// returned twice: of two headers that mean one, the first has it.
func Guess(fields []Field, headers []string) []string {
	guessed := make([]string, len(headers))
	taken := map[string]bool{}
	// A header that is the field's own name comes before one that only means it.
	for _, exact := range []bool{true, false} {
		for i, h := range headers {
			h := folded(h)
			if guessed[i] != "" || h == "" {
				continue
			}
			for _, f := range fields {
				if !taken[f.ID] && (h == folded(f.Name) || h == folded(f.ID) || !exact && slices.Contains(f.synonyms, h)) {
					guessed[i], taken[f.ID] = f.ID, true
					break
				}
			}
		}
	}
	return guessed
}

// Heads tells whether a row looks like the headers of a list: at least two of
// its cells mean fields.
func Heads(fields []Field, cells []string) bool {
	known := 0
	for _, f := range Guess(fields, cells) {
		if f != "" {
			known++
		}
	}
	return known >= 2
}

// HeaderKey is by what a mapping is remembered: the headers, in their order.
func HeaderKey(headers []string) string {
	key := make([]string, len(headers))
	for i, h := range headers {
		key[i] = folded(h)
	}
	return strings.Join(key, "|")
}

// Mapping says which column is which field, and which value stands for all rows
// where no column does.
type Mapping struct {
	Columns []string // field of each column, empty for none
	Fixed   map[string]string
}

// Check refuses, with an *[aid.InvalidError], a mapping by which no row could be
// read.
func (m Mapping) Check(fields []Field) error {
	var wrong []aid.Field
	seen := map[string]bool{}
	known := func(id string) (Field, bool) {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.ID == id })
		if i < 0 {
			return Field{}, false
		}
		return fields[i], true
	}
	for i, id := range m.Columns {
		if id == "" {
			continue
		}
		if _, ok := known(id); !ok {
			wrong = append(wrong, aid.Field{Pointer: fmt.Sprintf("/columns/%d", i), Code: "unknown", Detail: "no such field"})
		} else if seen[id] {
			wrong = append(wrong, aid.Field{Pointer: fmt.Sprintf("/columns/%d", i), Code: "twice", Detail: "another column has it"})
		}
		seen[id] = true
	}
	for id, value := range m.Fixed {
		f, ok := known(id)
		switch {
		case !ok || !f.Fixable || seen[id]:
			wrong = append(wrong, aid.Field{Pointer: "/fixed/" + id, Code: "unknown", Detail: "no field that one value may stand for"})
		case strings.TrimSpace(value) == "":
			wrong = append(wrong, aid.Field{Pointer: "/fixed/" + id, Code: "required", Detail: "is empty"})
		}
	}
	figures := false
	for _, f := range fields {
		figures = figures || strings.HasPrefix(f.ID, indicatorPrefix) && seen[f.ID]
		if _, fixed := m.Fixed[f.ID]; f.Required && !seen[f.ID] && !fixed {
			wrong = append(wrong, aid.Field{Pointer: "/columns/" + f.ID, Code: "required", Detail: "no column is this field"})
		}
	}
	if slices.ContainsFunc(fields, func(f Field) bool { return strings.HasPrefix(f.ID, indicatorPrefix) }) && !figures {
		wrong = append(wrong, aid.Field{Pointer: "/columns", Code: "required", Detail: "no column is a figure"})
	}
	if wrong != nil {
		slices.SortFunc(wrong, func(a, b aid.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
		return &aid.InvalidError{Fields: wrong}
	}
	return nil
}

// Issue is one thing that is wrong with one row.
type Issue struct {
	Row     int    `json:"row"`
	Column  string `json:"column"` // its header; empty for the whole row
	Value   string `json:"value"`
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}
