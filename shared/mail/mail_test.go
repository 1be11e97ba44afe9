package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
)

// occasion is a commitment in the middle of its life, with everything that any
// letter may speak of.
func occasion() Occasion {
	at := time.Date(2025, 9, 10, 17, 5, 0, 0, time.UTC)
	given := []Item{
		{Quantity: 1250, Unit: "paket", Name: "Paket Sembako", Equivalent: "beras & minyak"},
		{Quantity: 3, Unit: "lembar", Name: "terpal <besar>", Free: true},
	}
	return Occasion{
		Language: "id",
		Name:     "Siti <Contoh>",
		Commitment: aid.Commitment{
			ID: "0198c0de-0000-7000-8000-00000000002a", Period: aid.Period{From: "2025-09-11", To: "2025-09-20"},
			Lines: []aid.Line{{Package: "sembako", Quantity: 1250}, {Free: "terpal", Quantity: 3}},
			State: aid.Pledged, VerifyBy: at, PledgedAt: at.Add(-24 * time.Hour), ContactBy: at.Add(24 * time.Hour), EndedAt: at,
		},
		Place:         "RW 003 & sekitarnya",
		Area:          "Jagakarsa, Jakarta Selatan",
		Items:         given,
		Rest:          given[1:],
		Giver:         aid.Contact{Name: "Kenari <Contoh>", Phone: "+6281200000100", Email: "kenari@contoh.invalid"},
		PermitEnd:     "2025-09-30",
		Delivery:      aid.Delivery{Number: "BAST-0000-001A-1", On: "2025-09-12", AnsweredAt: at.Add(48 * time.Hour), Via: aid.ViaBAST},
		Reported:      given,
		Confirmed:     given[:1],
		HouseholdDays: 8750,
		Complaint:     Complaint{Ticket: "A-7F3Q-21XA", Class: aid.Levy, Area: "Jagakarsa", Desk: aid.StaffComplaints, DeskArea: "Jakarta Selatan", Received: "2025-09-10", DueBy: "2025-09-17"},
		Code:          "042137",
		Link:          "https://ksbb.example/k/#AZjA3gAA",
		Service:       "KSBB Jakarta",
		Zone:          time.FixedZone("WIB", 7*3600),
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
		aid.LetterNudge: {Subject: "Komitmen K-0000-001A: sudah bicara dengan penanggung jawab?", Text: `Halo Siti <Contoh>,

Komitmen Anda untuk RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan) masih menunggu kabar: apakah Anda dan penanggung jawab lokasi sudah berbicara?

Waktunya sampai Jumat, 12 September 2025 pukul 00.05 WIB. Lewat dari itu, bantuan ini dibuka lagi untuk orang lain.

- Sudah berbicara? Catat di halaman pribadi Anda.
- Belum? Kontaknya ada di sana.
- Tidak dijawab? Katakan di sana; waktunya diperpanjang.
- Perlu waktu? Minta perpanjangan di sana, satu kali.

https://ksbb.example/k/#AZjA3gAA

Tidak ingin diingatkan lagi? Matikan pengingat di halaman yang sama.

KSBB Jakarta
`},
		aid.LetterStewardPledged: {Subject: "Bantuan untuk RW 003 & sekitarnya: komitmen K-0000-001A", Text: `Yth. Siti <Contoh>,

Ada yang akan membantu RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan):

- 1.250 Paket Sembako (diganti: beras & minyak)
- 3 lembar terpal <besar>

Dari:

- Kenari <Contoh>
- Telepon: 0812-0000-0100
- E-mail: kenari@contoh.invalid

Rencananya diantar langsung, antara Kamis, 11 September 2025 dan Sabtu, 20 September 2025. Ia diminta menghubungi Anda sebelum Jumat, 12 September 2025 pukul 00.05 WIB. Anda juga boleh menghubunginya lebih dulu.

Sudah berbicara? Catat di sini, supaya bantuan ini tidak gugur:

https://ksbb.example/k/#AZjA3gAA

Tautan ini hanya untuk Anda sebagai penanggung jawab. Simpan, dan jangan teruskan. Kontak di atas hanya untuk mengurus bantuan ini.

KSBB Jakarta
`},
		aid.LetterReceived: {Subject: "Terima kasih: bantuan K-0000-001A sudah diterima", Text: `Halo Siti <Contoh>,

Pada Sabtu, 13 September 2025 pukul 00.05 WIB penanggung jawab RW 003 & sekitarnya (Jagakarsa, Jakarta Selatan) menyatakan telah menerima (dengan kode yang tercetak pada lembar BAST):

- 1.250 Paket Sembako (diganti: beras & minyak)

Itu ≈ 8.750 hari-keluarga (satu hari-keluarga: kebutuhan satu keluarga selama satu hari). Terima kasih.

Dari komitmen ini masih ditunggu:

- 3 lembar terpal <besar>

Tanda terima (PDF) ada di halaman pribadi Anda:

https://ksbb.example/k/#AZjA3gAA

KSBB Jakarta
`},
	} {
		got := compose(t, kind, occasion())
		if got.Subject != want.Subject {
			t.Errorf("%s: subject %q; want %q", kind, got.Subject, want.Subject)
		}
		if diff := cmp.Diff(want.Text, got.Text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// kinds are all letters there are, as package aid lists them, so that a new one
// is not forgotten here.
func kinds(t *testing.T) []aid.LetterKind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../aid/private.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []aid.LetterKind
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := v.Type.(*ast.Ident); ok && name.Name == "LetterKind" {
			kind, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, aid.LetterKind(kind))
		}
		return true
	})
	if len(all) < 20 {
		t.Fatalf("only %v", all)
	}
	return all
}

// eachLetter composes every letter in both languages, also at the turns of a
// life that change its words.
func eachLetter(t *testing.T, change func(*Occasion), try func(name string, kind aid.LetterKind, o Occasion, m Message)) {
	t.Helper()
	for _, kind := range kinds(t) {
		for _, language := range []string{"id", "en"} {
			for turn, turned := range map[string]func(*Occasion){
				"":       func(*Occasion) {},
				"signed": func(o *Occasion) { o.Commitment.State, o.Commitment.SignedAt = aid.Signed, o.Commitment.PledgedAt },
				"agreed": func(o *Occasion) {
					o.Commitment.Schedule = aid.Appointment{On: "2025-09-22", From: "09:00", To: "11:00"}
				},
				"lapsed":   func(o *Occasion) { o.Commitment.State, o.Commitment.SignedAt = aid.Lapsed, o.Commitment.PledgedAt },
				"renewed":  func(o *Occasion) { o.Commitment.State, o.Commitment.Renewed = aid.Lapsed, true },
				"released": func(o *Occasion) { o.Commitment.ReleasedAt = o.Commitment.EndedAt },
				"settled":  func(o *Occasion) { o.Delivery.SettledAt, o.Rest, o.HouseholdDays = o.Commitment.EndedAt, nil, 0 },
				"nothing":  func(o *Occasion) { o.Confirmed, o.Delivery.Via = nil, aid.ViaHandover },
				"carried":  func(o *Occasion) { o.Aggregator, o.Delivery.Via = "Sukarelawan Contoh", aid.ViaOfficer },
			} {
				o := occasion()
				o.Language = language
				turned(&o)
				if kind == aid.LetterPermit {
					o.Aggregator = "Sukarelawan Contoh"
				}
				if change != nil {
					change(&o)
				}
				try(fmt.Sprintf("%s %s %s", kind, language, turn), kind, o, compose(t, kind, o))
			}
		}
	}
}

func TestEveryLetterNamesItsMatterAndHasOneLink(t *testing.T) {
	texts := map[string]string{}
	eachLetter(t, nil, func(name string, kind aid.LetterKind, o Occasion, m Message) {
		complaint := kind == aid.LetterOfficeComplaint || kind == aid.LetterOfficeLate
		for _, text := range []string{m.Subject + m.Text, m.Subject + html.UnescapeString(m.HTML)} {
			switch {
			case complaint && (!strings.Contains(text, "A-7F3Q-21XA") || !strings.Contains(text, "Jagakarsa")):
				t.Errorf("%s names no ticket or area:\n%s", name, text)
			case !complaint && (!strings.Contains(text, "K-0000-001A") || !strings.Contains(text, o.Place)):
				t.Errorf("%s names no number or place:\n%s", name, text)
			}
		}
		links := 1
		if kind == aid.LetterCode {
			links = 0
		}
		if strings.Count(m.Text, "https://") != links || strings.Count(m.HTML, "<a href=") != links || strings.Count(m.HTML, `href="`+o.Link+`"`) != links {
			t.Errorf("%s: want %d links:\n%s", name, links, m.HTML)
		}
		if !strings.Contains(m.HTML, `<html lang="`+o.Language+`">`) {
			t.Errorf("%s: the language is not told", name)
		}
		if slip := regexp.MustCompile(`[,:.] ?[,:.]|  | [,:.]`).FindString(m.Subject + m.Text); slip != "" {
			t.Errorf("%s: the parts do not fit together at %q:\n%s", name, slip, m.Text)
		}
		if len(m.Subject) > 90 {
			t.Errorf("%s: the subject %q is too long for a phone", name, m.Subject)
		}
		if n := len(strings.Fields(m.Text)); n > 160 {
			t.Errorf("%s has %d words; want few", name, n)
		}
		who := string(kind) + " in " + o.Language
		if other, taken := texts[m.Text]; taken && other != who {
			t.Errorf("%s says the same as %s", name, other)
		}
		texts[m.Text] = who
	})
}

func TestEveryLetterIsEscaped(t *testing.T) {
	eachLetter(t, func(o *Occasion) { o.Link += `"><script>` }, func(name string, _ aid.LetterKind, _ Occasion, m Message) {
		for _, raw := range []string{"<Contoh>", "<besar>", "<script>", "& sekitarnya", "& minyak"} {
			if strings.Contains(m.HTML, raw) {
				t.Errorf("%s: HTML holds %q", name, raw)
			}
		}
	})
}

func TestPagesAndLettersUseOneWord(t *testing.T) {
	eachLetter(t, nil, func(name string, _ aid.LetterKind, o Occasion, m Message) {
		text := strings.ToLower(m.Subject + m.Text)
		if said := regexp.MustCompile(`\b(janji|promises?|promised)\b`).FindString(text); said != "" {
			t.Errorf("%s: a commitment is called %q:\n%s", name, said, text)
		}
	})
}

// Only the two letters that ask the steward to make contact tell the giver's,
// and none of those to an office tells even the giver's own words.
func TestContactsAreToldOnlyToTheStewardWhoNeedsThem(t *testing.T) {
	told := map[aid.LetterKind]bool{aid.LetterStewardPledged: true, aid.LetterStewardCall: true}
	eachLetter(t, nil, func(name string, kind aid.LetterKind, o Occasion, m Message) {
		for _, text := range []string{m.Text, m.HTML} {
			for _, canary := range []string{"kenari@contoh.invalid", "0000-0100", "+6281200000100"} {
				if strings.Contains(text, canary) && !told[kind] {
					t.Errorf("%s tells %s", name, canary)
				}
			}
			if told[kind] && (!strings.Contains(text, "kenari@contoh.invalid") || !strings.Contains(text, "0100")) {
				t.Errorf("%s tells no contact:\n%s", name, text)
			}
			if strings.HasPrefix(string(kind), "office-") {
				for _, canary := range []string{"Kenari", "Siti", "terpal", "beras"} {
					if strings.Contains(text, canary) {
						t.Errorf("%s tells %q", name, canary)
					}
				}
			}
		}
	})
}

// Whoever fills in another's address must not be able to make us write to them.
func TestLetterToAnUnprovenAddressHoldsNoWordOfTheSender(t *testing.T) {
	for _, kind := range []aid.LetterKind{aid.LetterCode, aid.LetterLink} {
		for _, language := range []string{"id", "en"} {
			o := occasion()
			o.Language, o.Commitment.State, o.Commitment.PledgedAt = language, aid.Submitted, time.Time{}
			m := compose(t, kind, o)
			for _, word := range []string{"Siti", "Contoh", "terpal", "beras"} {
				if strings.Contains(m.Subject+m.Text+m.HTML, word) {
					t.Errorf("%s %s: the letter holds %q:\n%s", kind, language, word, m.Text)
				}
			}
		}
	}
}

func TestOnlyTheFirstLetterHoldsTheCode(t *testing.T) {
	eachLetter(t, nil, func(name string, kind aid.LetterKind, o Occasion, m Message) {
		first := kind == aid.LetterCode
		if strings.Contains(m.Text, "042137") != first || strings.Contains(m.HTML, "042137") != first || strings.Contains(m.Text, o.Link) == first {
			t.Errorf("%s: want the code %v, the link %v:\n%s", name, first, !first, m.Text)
		}
	})
}

func TestRemindersSayHowToEndThem(t *testing.T) {
	eachLetter(t, nil, func(name string, kind aid.LetterKind, o Occasion, m Message) {
		said := strings.Contains(m.Text, indonesian.stop) || strings.Contains(m.Text, english.stop)
		if said != IsReminder(kind) {
			t.Errorf("%s: says how to end reminders: %v", name, said)
		}
	})
}

func TestDemoLettersSayThatNobodyIsThere(t *testing.T) {
	eachLetter(t, func(o *Occasion) { o.Commitment.Demo = true }, func(name string, _ aid.LetterKind, o Occasion, m Message) {
		if said := map[string]string{"id": "Data contoh", "en": "Sample data"}[o.Language]; !strings.Contains(m.Text, said) || !strings.Contains(m.HTML, said) {
			t.Errorf("%s:\n%s", name, m.Text)
		}
		if strings.Contains(m.HTML, "tel:") || strings.Contains(m.HTML, "wa.me") || strings.Contains(m.HTML, "mailto:") {
			t.Errorf("%s links an invented contact:\n%s", name, m.HTML)
		}
	})
}

// A choice that the state machine would refuse is not offered.
func TestLettersOfferOnlyWhatIsAllowed(t *testing.T) {
	o := occasion()
	o.Commitment.Renewed, o.Commitment.SilentAt = true, o.Commitment.PledgedAt
	if m := compose(t, aid.LetterLastNudge, o); strings.Contains(m.Text, "perpanjang") {
		t.Errorf("more time is offered twice:\n%s", m.Text)
	}
	o.Commitment.State = aid.Lapsed
	if m := compose(t, aid.LetterLapsed, o); strings.Contains(m.Text, "dihidupkan") || strings.Contains(m.Text, "diantar?") {
		t.Errorf("a promise that cannot be revived or reported:\n%s", m.Text)
	}
	o.Commitment.Renewed, o.Commitment.SignedAt = false, o.Commitment.PledgedAt
	if m := compose(t, aid.LetterLapsed, o); !strings.Contains(m.Text, "dihidupkan") || !strings.Contains(m.Text, "diantar?") {
		t.Errorf("a promise that can be revived or reported:\n%s", m.Text)
	}
	o = occasion()
	if m := compose(t, aid.LetterReportDue, o); !strings.Contains(m.Text, "Tandatangani") {
		t.Errorf("an unsigned promise is to be reported at once:\n%s", m.Text)
	}
}

func TestEveryClassOfComplaintHasItsWords(t *testing.T) {
	for name, classes := range map[string]map[aid.ComplaintClass]string{"id": idClasses, "en": enClasses} {
		if len(classes) != len(aid.ComplaintClasses) {
			t.Errorf("%s has words for %d of %d classes", name, len(classes), len(aid.ComplaintClasses))
		}
		for _, class := range aid.ComplaintClasses {
			if classes[class] == "" {
				t.Errorf("%s has no words for %s", name, class)
			}
		}
	}
	o := occasion()
	o.Complaint.Area, o.Complaint.Desk, o.Complaint.DeskArea = "", aid.StaffKelurahan, "Jagakarsa"
	if m := compose(t, aid.LetterOfficeComplaint, o); !strings.Contains(m.Text, "- Ditangani: petugas kelurahan Jagakarsa\n") || strings.Contains(m.Text, "Wilayah") {
		t.Error(m.Text)
	}
}

func TestNothingBreaksOutOfAHeader(t *testing.T) {
	o := occasion()
	o.Place = "RW 003\r\nBcc: b@contoh.invalid"
	if m, err := Compose(aid.LetterStewardPledged, o); err == nil {
		t.Errorf("a place of two lines makes %+v", m)
	}
	if _, err := Compose("poem", occasion()); err == nil {
		t.Error("an unknown kind makes a letter")
	}
	service := &counting{}
	post := New(service, "KSBB", "ksbb@contoh.invalid")
	for _, address := range []string{"", "siti@contoh.invalid\r\nBcc: b@contoh.invalid", "Siti <siti@contoh.invalid>", "a@contoh.invalid,b@contoh.invalid", "SITI@contoh.invalid"} {
		if err := post.Carry(t.Context(), aid.Contact{Email: address}, Message{}); err == nil || service.calls > 0 {
			t.Errorf("a letter went to %q", address)
		} else if address != "" && strings.Contains(err.Error(), address) {
			t.Errorf("the refusal tells the address: %v", err)
		}
	}
}

func TestNumbersAreDialledAsAtHome(t *testing.T) {
	for phone, want := range map[string]string{"+6281234567890": "0812-3456-7890", "+622112345678": "0211-2345-678", "+6512345678": "+6512345678", "+62812": "+62812", "": ""} {
		if got := dialled(phone); got != want {
			t.Errorf("dialled(%s) = %s; want %s", phone, got, want)
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

type counting struct{ calls int }

func (c *counting) SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	c.calls++
	return &sesv2.SendEmailOutput{}, nil
}

func TestRefusedLetterIsAnError(t *testing.T) {
	if err := New(refusing{}, "KSBB", "ksbb@contoh.invalid").Carry(t.Context(), aid.Contact{Email: "a@contoh.invalid"}, Message{}); err == nil || err.Error() != "send letter: throttled" {
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
	if err := s.Carry(t.Context(), aid.Contact{Email: "siti@contoh.invalid"}, m); err != nil {
		t.Fatal(err)
	}
	simple := got.Content.Simple
	if got.FromEmailAddress != `"KSBB Jakarta" <ksbb@contoh.invalid>` || len(got.Destination.ToAddresses) != 1 || got.Destination.ToAddresses[0] != "siti@contoh.invalid" ||
		simple.Subject.Data != m.Subject || simple.Body.Text.Data != m.Text || simple.Body.Html.Data != m.HTML || simple.Body.Text.Charset != "UTF-8" {
		t.Errorf("the service got %+v", got)
	}
	if _, err := Open(t.Context(), "KSBB", ""); err == nil {
		t.Error("no sender address is accepted")
	}
}
