package page

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// indonesian are words that stand in almost every Indonesian sentence of the
// site, and in no English one. Names of places, people and laws hold none.
var indonesian = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	"yang", "dan", "belum", "dari", "untuk", "atau", "sudah", "anda", "komitmen", "bantuan", "lokasi", "dijanjikan", "diterima", "dikirim",
	"kebutuhan", "butuh", "masih", "tidak", "dengan", "pada", "oleh", "ini", "itu", "akan", "bila", "saat", "sampai", "lewat", "kepada",
	"bisa", "dapat", "harus", "boleh", "juga", "lagi", "lain", "semua", "setiap", "karena", "supaya", "agar", "sebagai", "adalah", "ada",
	"siapa", "apa", "berapa", "kapan", "bagaimana", "mana", "nama", "nomor", "alamat", "tanggal", "jumlah", "nilai", "waktu", "hari", "jam",
	"minggu", "bulan", "tahun", "penerima", "penyaluran", "penanggung", "petugas", "aduan", "usulan", "laporan", "laporkan", "kirim",
	"halaman", "berkas", "gambar", "tautan", "kode", "pilih", "lihat", "buka", "kembali", "lanjut", "jiwa", "paket", "orang", "keluarga",
	"wilayah", "peta", "cara", "angka", "terbuka", "dihitung", "menerima", "menjanjikan", "mengirim", "ditampilkan", "tercatat",
}, "|") + `)\b`)

// An address is no sentence: the pages of both languages have the same.
var address = regexp.MustCompile(`https?://\S+`)

// heard tells every piece of an English page that a reader meets, but for what
// is marked as Indonesian.
func heard(t *testing.T, path, page string, tell func(where, text string)) {
	t.Helper()
	each := func(where, text string) { tell(where, address.ReplaceAllString(text, "")) }
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	type around struct {
		name    string
		foreign bool
	}
	stack := []around{{}}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v", path, err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			here := around{e.Name.Local, stack[len(stack)-1].foreign}
			attrs := map[string]string{}
			for _, a := range e.Attr {
				attrs[a.Name.Local] = a.Value
			}
			if l, ok := attrs["lang"]; ok {
				here.foreign = l != "en"
			}
			if !here.foreign {
				for _, name := range []string{"alt", "aria-label", "placeholder", "title", "data-thing", "data-one"} {
					each(here.name+" "+name, attrs[name])
				}
				if here.name == "meta" {
					each("meta "+attrs["name"]+attrs["property"], attrs["content"])
				}
			}
			stack = append(stack, here)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if here := stack[len(stack)-1]; !here.foreign && here.name != "code" && here.name != "script" {
				each(here.name, string(e))
			}
		}
	}
}

func TestNoEnglishPageIsHalfTranslated(t *testing.T) {
	t.Parallel()
	pages := 0
	for path, page := range tiny(t).tree(t) {
		if !strings.HasPrefix(path, "/en/") || !strings.HasPrefix(page, "<!doctype html>") {
			continue
		}
		pages++
		heard(t, path, page, func(where, text string) {
			if found := indonesian.FindAllString(text, -1); found != nil {
				t.Errorf("%s: <%s> says %q in Indonesian: %q", path, where, strings.TrimSpace(text), found)
			}
		})
	}
	if pages < 20 {
		t.Errorf("only %d English pages were read", pages)
	}
}

var (
	grouped   = regexp.MustCompile(`\b\d{1,3}(?:,\d{3})+\b`)
	misplaced = regexp.MustCompile(`\b\d{1,3}(?:\.\d{3})+\b|\b\d+,\d{1,2}\b|\bRp\d{4,}\b`)
)

func TestEnglishPagesGroupNumbersWithCommas(t *testing.T) {
	t.Parallel()
	seen := 0
	for path, page := range tiny(t).tree(t) {
		if !strings.HasPrefix(path, "/en/") || !strings.HasPrefix(page, "<!doctype html>") {
			continue
		}
		heard(t, path, page, func(where, text string) {
			seen += len(grouped.FindAllString(text, -1))
			if found := misplaced.FindAllString(text, -1); found != nil {
				t.Errorf("%s: <%s> writes %q as Indonesians do: %q", path, where, strings.TrimSpace(text), found)
			}
		})
	}
	if seen < 5 {
		t.Errorf("only %d large numbers were seen", seen)
	}
}
