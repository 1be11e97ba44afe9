package mail

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/report"
)

// asked is the occasion of both letters to subscribers.
func asked(t *testing.T, period string) Occasion {
	t.Helper()
	p, err := report.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	return Occasion{
		Language: "id", Service: "KSBB <Jakarta>", Zone: time.FixedZone("WIB", 7*3600), Link: "https://ksbb.example/laporan/" + period + "/",
		Reports: Reports{
			Cadences: []aid.Cadence{aid.EveryDay, aid.EveryMonth}, Until: time.Date(2026, 4, 3, 2, 5, 0, 0, time.UTC), Period: p,
			End: "https://ksbb.example/langganan/#akhiri.7", OneClick: "https://ksbb.example/v1/subscriptions/7/end", Sender: "Kantor Contoh, Pemerintah Contoh",
		},
	}
}

func TestLettersToSubscribersReadAsPeopleWrite(t *testing.T) {
	t.Parallel()
	confirm := asked(t, "2026-03")
	confirm.Link = "https://ksbb.example/langganan/#l.AZjA"
	for kind, want := range map[aid.LetterKind]struct {
		o Occasion
		m Message
	}{
		aid.LetterSubscribe: {confirm, Message{Subject: "Mohon konfirmasi: langganan laporan KSBB <Jakarta>", Text: `Halo,

Ada yang meminta supaya laporan KSBB <Jakarta> dikirim ke alamat ini:

- laporan bulanan
- laporan harian

Benar Anda? Konfirmasikan di sini sebelum Jumat, 3 April 2026 pukul 09.05 WIB:

https://ksbb.example/langganan/#l.AZjA

Langganan lain ke alamat ini, bila ada, diganti dengan yang ini.

Bukan Anda yang meminta? Abaikan surat ini. Tanpa konfirmasi tidak ada laporan yang dikirim, dan alamat ini dihapus.

KSBB <Jakarta>
`}},
		aid.LetterReport: {asked(t, "2026-W14"), Message{Subject: "Laporan KSBB <Jakarta>: 30 Maret – 5 April 2026", OneClick: "https://ksbb.example/v1/subscriptions/7/end", Text: `Halo,

Laporan mingguan KSBB <Jakarta> untuk 30 Maret – 5 April 2026 sudah terbit: apa yang berubah, kekurangan terbesar, lokasi yang belum tersentuh, dan tabel di balik setiap angka.

https://ksbb.example/laporan/2026-W14/

Di halaman itu ada juga versi cetak (PDF), buku kerja (XLSX), dan data (CSV).

Surat ini dikirim karena alamat ini berlangganan laporan mingguan dan sudah mengonfirmasinya. Tidak ingin lagi? Berhenti kapan saja; alamat Anda langsung dihapus.

Berhenti berlangganan: https://ksbb.example/langganan/#akhiri.7

Kantor Contoh, Pemerintah Contoh

KSBB <Jakarta>
`}},
	} {
		got := compose(t, kind, want.o)
		if got.Subject != want.m.Subject || got.OneClick != want.m.OneClick {
			t.Errorf("%s: subject %q, one click %q", kind, got.Subject, got.OneClick)
		}
		if diff := cmp.Diff(want.m.Text, got.Text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		if strings.Contains(got.HTML, "<Jakarta>") || !strings.Contains(got.HTML, `href="`+want.o.Link+`"`) {
			t.Errorf("%s: %s", kind, got.HTML)
		}
	}
}

func TestEveryReportIsNamedInBothLanguages(t *testing.T) {
	t.Parallel()
	for period, words := range map[string][2]string{
		"2026-03":    {"Laporan bulanan KSBB &lt;Jakarta&gt; untuk Maret 2026 ", "The monthly report of KSBB &lt;Jakarta&gt; for March 2026 "},
		"2026-W10":   {"Laporan mingguan KSBB &lt;Jakarta&gt; untuk 2–8 Maret 2026 ", "The weekly report of KSBB &lt;Jakarta&gt; for 2–8 March 2026 "},
		"2026-W53":   {"28 Desember 2026 – 3 Januari 2027 ", "28 December 2026 – 3 January 2027 "},
		"2026-W14":   {"30 Maret – 5 April 2026 ", "30 March – 5 April 2026 "},
		"2026-03-31": {"Laporan harian KSBB &lt;Jakarta&gt; untuk 31 Maret 2026 ", "The daily report of KSBB &lt;Jakarta&gt; for 31 March 2026 "},
	} {
		for i, language := range []string{"id", "en"} {
			o := asked(t, period)
			o.Language = language
			m := compose(t, aid.LetterReport, o)
			if !strings.Contains(m.HTML, words[i]) || !strings.Contains(m.HTML, `<html lang="`+language+`">`) {
				t.Errorf("%s in %s says not %q:\n%s", period, language, words[i], m.Text)
			}
			for _, text := range []string{m.Text, html.UnescapeString(m.HTML)} {
				for _, said := range []string{o.Reports.End, o.Reports.Sender, o.Link} {
					if !strings.Contains(text, said) {
						t.Errorf("%s in %s lacks %q:\n%s", period, language, said, text)
					}
				}
			}
		}
	}
}

// Whoever types another's address must not be able to make us write to them,
// nor end what they want with a click of their mail program.
func TestTheLetterThatAsksHoldsNoWordOfTheSender(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"id", "en"} {
		o := asked(t, "2026-03")
		o.Language, o.Name, o.Link = language, "Kenari", "https://ksbb.example/langganan/#l.AZjA"
		m := compose(t, aid.LetterSubscribe, o)
		if m.OneClick != "" || strings.Contains(m.Text+m.HTML, "akhiri") || strings.Contains(m.Text+m.HTML, "Kenari") || strings.Count(m.Text, "https://") != 1 {
			t.Errorf("%s: %+v", language, m)
		}
	}
}

func TestNoAddressBreaksOutOfTheHeaderThatEndsLetters(t *testing.T) {
	t.Parallel()
	o := asked(t, "2026-03")
	o.Reports.OneClick += "\r\nBcc: b@contoh.invalid"
	if m, err := Compose(aid.LetterReport, o); err == nil {
		t.Errorf("an address of two lines makes %+v", m)
	}
}

// telling answers every letter with an error and keeps what it was given.
type telling struct {
	err error
	got *sesv2.SendEmailInput
}

func (s *telling) SendEmail(_ context.Context, in *sesv2.SendEmailInput, _ ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	s.got = in
	return &sesv2.SendEmailOutput{}, s.err
}

func TestReportsCanBeEndedFromTheMailProgram(t *testing.T) {
	t.Parallel()
	service := &telling{}
	post := New(service, "KSBB", "ksbb@contoh.invalid")
	if err := post.Carry(t.Context(), aid.Contact{Email: "a@contoh.invalid"}, compose(t, aid.LetterReport, asked(t, "2026-03"))); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(service.got.Content.Simple.Headers)
	want := `[{"Name":"List-Unsubscribe","Value":"\u003chttps://ksbb.example/v1/subscriptions/7/end\u003e"},{"Name":"List-Unsubscribe-Post","Value":"List-Unsubscribe=One-Click"}]`
	if err != nil || string(got) != want {
		t.Errorf("headers %s, %v; want %s", got, err, want)
	}
	if err := post.Carry(t.Context(), aid.Contact{Email: "a@contoh.invalid"}, compose(t, aid.LetterCode, occasion())); err != nil || service.got.Content.Simple.Headers != nil {
		t.Errorf("another letter has the headers %v, %v", service.got.Content.Simple.Headers, err)
	}
}

func TestADeadAddressIsToldFromADeadService(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		never bool
	}{
		"rejected":   {&types.MessageRejected{}, true},
		"malformed":  {&types.BadRequestException{}, true},
		"too many":   {&types.TooManyRequestsException{}, false},
		"paused":     {&types.SendingPausedException{}, false},
		"unverified": {&types.MailFromDomainNotVerifiedException{}, false},
		"network":    {errors.New("connection reset"), false},
	} {
		err := New(&telling{err: test.err}, "KSBB", "ksbb@contoh.invalid").Carry(t.Context(), aid.Contact{Email: "a@contoh.invalid"}, Message{})
		if err == nil || errors.Is(err, ErrUndeliverable) != test.never {
			t.Errorf("%s: %v; want it never to be deliverable: %v", name, err, test.never)
		}
	}
}
