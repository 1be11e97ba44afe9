package mail

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
)

func occasion() Occasion {
	at := time.Date(2025, 9, 10, 17, 5, 0, 0, time.UTC)
	return Occasion{
		Language: "id",
		To:       aid.Contact{Name: "Siti <Contoh>", Email: "siti@contoh.invalid"},
		Commitment: aid.Commitment{
			ID: "0198c0de-0000-7000-8000-00000000002a", Period: aid.Period{From: "2025-09-11", To: "2025-09-20"},
			VerifyBy: at, ContactBy: at.Add(24 * time.Hour), EndedAt: at,
		},
		Place: "RW 003 & sekitarnya",
		Area:  "Jagakarsa, Jakarta Selatan",
		Items: []Item{
			{Quantity: 1250, Unit: "paket", Name: "Paket Sembako", Equivalent: "beras & minyak"},
			{Quantity: 3, Unit: "lembar", Name: "terpal <besar>", Free: true},
		},
		Code:    "042137",
		Link:    "https://ksbb.example/k/#AZjA3gAA",
		Service: "KSBB Jakarta",
		Zone:    time.FixedZone("WIB", 7*3600),
	}
}

func compose(t *testing.T, kind aid.LetterKind, o Occasion) Message {
	t.Helper()
	m, err := Compose(kind, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLettersReadAsPeopleWrite(t *testing.T) {
	for kind, want := range map[aid.LetterKind]Message{
		aid.LetterCode: {Subject: "Kode untuk komitmen K-0000-001A", Text: `Halo,

Terima kasih sudah mau membantu RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan). Ini yang Anda tulis, dengan nomor K-0000-001A:

- 1.250 Paket Sembako
- 1 bantuan lain

Masukkan enam angka ini di halaman tadi:

042137

Kode berlaku sampai Kamis, 11 September 2025 pukul 00.05 WIB. Sebelum kode dimasukkan, belum ada bantuan yang disisihkan untuk Anda.

Bukan Anda yang mengisi? Abaikan surat ini. Tanpa kode, isian itu gugur dengan sendirinya.

KSBB Jakarta
`},
		aid.LetterPledged: {Subject: "Komitmen K-0000-001A tercatat", Text: `Halo Siti <Contoh>,

Terima kasih. Bantuan Anda untuk RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan) sudah dicatat, dengan nomor K-0000-001A:

- 1.250 Paket Sembako (diganti: beras & minyak)
- 3 lembar terpal <besar>

Rencana penyaluran: 11 September 2025 sampai 20 September 2025.

Langkah berikutnya: hubungi penanggung jawab lokasi sebelum Jumat, 12 September 2025 pukul 00.05 WIB. Lewat dari itu, bantuan ini dibuka lagi untuk orang lain.

Kontak penanggung jawab ada di halaman pribadi Anda. Di sana juga komitmen dapat dilihat atau dibatalkan:

https://ksbb.example/k/#AZjA3gAA

Tautan itu adalah kunci komitmen Anda. Simpan, dan jangan teruskan kepada orang lain.

KSBB Jakarta
`},
		aid.LetterWithdrawn: {Subject: "Komitmen K-0000-001A dibatalkan", Text: `Halo Siti <Contoh>,

Komitmen K-0000-001A untuk RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan) dibatalkan pada Kamis, 11 September 2025 pukul 00.05 WIB. Bantuan ini dibuka lagi untuk orang lain:

- 1.250 Paket Sembako (diganti: beras & minyak)
- 3 lembar terpal <besar>

Bukan Anda yang membatalkan? Buka halaman pribadi Anda dan beri tahu kami:

https://ksbb.example/k/#AZjA3gAA

Terima kasih sudah berniat membantu. Kapan pun Anda siap, masih ada tempat yang menunggu.

KSBB Jakarta
`},
	} {
		got := compose(t, kind, occasion())
		if got.To != "siti@contoh.invalid" || got.Subject != want.Subject {
			t.Errorf("%s: to %s, %q; want %q", kind, got.To, got.Subject, want.Subject)
		}
		if diff := cmp.Diff(want.Text, got.Text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestEveryLetterIsEscapedAndInBothLanguages(t *testing.T) {
	for _, kind := range []aid.LetterKind{aid.LetterCode, aid.LetterPledged, aid.LetterWithdrawn} {
		texts := map[string]bool{}
		for _, language := range []string{"id", "en"} {
			o := occasion()
			o.Language = language
			o.Link += `"><script>`
			m := compose(t, kind, o)
			texts[m.Text] = true
			for _, raw := range []string{"<Contoh>", "<besar>", "<script>", "& sekitarnya", "& minyak"} {
				if strings.Contains(m.HTML, raw) {
					t.Errorf("%s %s: HTML holds %q", kind, language, raw)
				}
			}
			if !strings.Contains(m.HTML, `<html lang="`+language+`">`) || !strings.Contains(m.HTML, "K-0000-001A") {
				t.Errorf("%s %s: %s", kind, language, m.HTML)
			}
		}
		if len(texts) != 2 {
			t.Errorf("%s is the same in both languages", kind)
		}
	}
}

// Whoever fills in another's address must not be able to make us write to them.
func TestLetterToAnUnprovenAddressHoldsNoWordOfTheSender(t *testing.T) {
	for _, language := range []string{"id", "en"} {
		o := occasion()
		o.Language = language
		m := compose(t, aid.LetterCode, o)
		for _, word := range []string{"Siti", "Contoh", "terpal", "beras", "#AZjA3gAA"} {
			if strings.Contains(m.Subject+m.Text+m.HTML, word) {
				t.Errorf("%s: the letter holds %q:\n%s", language, word, m.Text)
			}
		}
		if !strings.Contains(m.Text, "042137") || !strings.Contains(m.HTML, "042137") {
			t.Errorf("%s: the letter holds no code", language)
		}
	}
	for _, kind := range []aid.LetterKind{aid.LetterPledged, aid.LetterWithdrawn} {
		if m := compose(t, kind, occasion()); strings.Contains(m.Text, "042137") || !strings.Contains(m.HTML, `href="https://ksbb.example/k/#AZjA3gAA"`) {
			t.Errorf("%s: wants the link and not the code:\n%s", kind, m.HTML)
		}
	}
}

func TestDemoLettersSayThatNobodyIsThere(t *testing.T) {
	o := occasion()
	o.Commitment.Demo = true
	if m := compose(t, aid.LetterPledged, o); !strings.Contains(m.Text, "Data contoh") || !strings.Contains(m.HTML, "Data contoh") {
		t.Errorf("letter about an invented recipient:\n%s", m.Text)
	}
}

func TestNothingBreaksOutOfAHeader(t *testing.T) {
	for _, address := range []string{"", "siti@contoh.invalid\r\nBcc: b@contoh.invalid", "Siti <siti@contoh.invalid>", "a@contoh.invalid,b@contoh.invalid", "SITI@contoh.invalid"} {
		o := occasion()
		o.To.Email = address
		if m, err := Compose(aid.LetterPledged, o); err == nil {
			t.Errorf("address %q makes %+v", address, m)
		} else if address != "" && strings.Contains(err.Error(), address) {
			t.Errorf("the refusal tells the address: %v", err)
		}
	}
	if _, err := Compose("poem", occasion()); err == nil {
		t.Error("an unknown kind makes a letter")
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1.000", 1234567: "1.234.567", -1000: "-1.000", -100: "-100"} {
		if got := grouped(n, "."); got != want {
			t.Errorf("grouped(%d) = %s; want %s", n, got, want)
		}
	}
}

func TestUnitsAreSaidOnce(t *testing.T) {
	for want, it := range map[string]Item{
		"Galon": {Unit: "galon", Name: "Galon"}, "Paket Sembako": {Unit: "paket", Name: "Paket Sembako"},
		"Paket THR per orang": {Unit: "orang", Name: "Paket THR per orang"}, "lembar terpal": {Unit: "lembar", Name: "terpal"},
		"unit Unitas": {Unit: "unit", Name: "Unitas"},
	} {
		if got := it.goods(); got != want {
			t.Errorf("%+v reads %q; want %q", it, got, want)
		}
	}
}

type refusing struct{}

func (refusing) SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	return nil, errors.New("throttled")
}

func TestRefusedLetterIsAnError(t *testing.T) {
	if err := New(refusing{}, "KSBB", "ksbb@contoh.invalid").Send(t.Context(), Message{To: "a@contoh.invalid"}); err == nil || err.Error() != "send letter: throttled" {
		t.Errorf("got %v", err)
	}
}

func TestLetterReachesTheServiceWhole(t *testing.T) {
	var got struct {
		FromEmailAddress string
		Destination      struct{ ToAddresses []string }
		Content          struct {
			Simple struct {
				Subject struct{ Data, Charset string }
				Body    struct {
					Text, Html struct{ Data, Charset string }
				}
			}
		}
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.URL.Path != "/v2/email/outbound-emails" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.Write([]byte(`{"MessageId":"1"}`))
	}))
	t.Cleanup(service.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SESV2": service.URL, "AWS_REGION": "ap-southeast-3", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	s, err := Open(t.Context(), "KSBB Jakarta", "ksbb@contoh.invalid")
	if err != nil {
		t.Fatal(err)
	}
	m := compose(t, aid.LetterCode, occasion())
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	simple := got.Content.Simple
	if got.FromEmailAddress != `"KSBB Jakarta" <ksbb@contoh.invalid>` || len(got.Destination.ToAddresses) != 1 || got.Destination.ToAddresses[0] != m.To ||
		simple.Subject.Data != m.Subject || simple.Body.Text.Data != m.Text || simple.Body.Html.Data != m.HTML || simple.Body.Text.Charset != "UTF-8" {
		t.Errorf("the service got %+v", got)
	}
	if _, err := Open(t.Context(), "KSBB", ""); err == nil {
		t.Error("no sender address is accepted")
	}
}
