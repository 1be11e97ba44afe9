package aid

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const subscription = SubscriptionID("0198c0de-0000-7000-8000-00000000002a")

func TestAPeriodSaysHowOftenItsReportComesOut(t *testing.T) {
	t.Parallel()
	for period, want := range map[string]Cadence{"2026-03-31": EveryDay, "2026-W01": EveryWeek, "2026-W53": EveryWeek, "2026-03": EveryMonth} {
		if got, ok := CadenceOf(period); !ok || got != want {
			t.Errorf("CadenceOf(%s) = %s, %v; want %s", period, got, ok, want)
		}
	}
	for _, none := range []string{"", "2026", "2026-13", "2026-3", "2026-02-30", "2026-W00", "2026-W54", "2026-W1", "2026-W001", "226-W01", "2026-W+1", "2026-03-31x", "../2026-03"} {
		if got, ok := CadenceOf(none); ok {
			t.Errorf("CadenceOf(%q) = %s; want none", none, got)
		}
	}
}

func TestASubscriptionIsKeptAsItIsMeant(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 123456789, time.FixedZone("WIB", 7*3600))
	got, err := SubscriptionDraft{ID: subscription, Email: " Siti@Contoh.Invalid ", Cadences: []Cadence{EveryDay, EveryMonth, EveryDay}}.Check(now)
	want := Subscription{
		ID: subscription, Email: "siti@contoh.invalid", Cadences: []Cadence{EveryMonth, EveryDay}, Language: "id",
		AskedAt: time.Date(2026, 3, 2, 5, 0, 0, 123e6, time.UTC),
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if got.Confirmed() || got.Gone(now) || got.Gone(now.Add(48*time.Hour-time.Second)) || !got.Gone(now.Add(48*time.Hour)) {
		t.Error("it waits for 48 hours to be confirmed")
	}
	got.ConfirmedAt = now
	if !got.Confirmed() || got.Gone(now.AddDate(9, 0, 0)) {
		t.Error("a confirmed one stays")
	}
}

func TestEverythingWrongWithASubscriptionIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]SubscriptionDraft{
		"/email required, /kinds required":                  {ID: subscription},
		"/email email, /kinds/1 unknown, /language unknown": {ID: subscription, Email: "a@b", Cadences: []Cadence{EveryDay, "hourly"}, Language: "fr"},
		"/email email": {ID: subscription, Email: "a@contoh.invalid\r\nBcc: b@contoh.invalid", Cadences: Cadences, Language: "en"},
	} {
		_, err := d.Check(time.Now())
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Error() != "invalid: "+want {
			t.Errorf("%+v: %v; want %s", d, err, want)
		}
	}
}

func TestALinkConfirmsOneSubscriptionOfOneAddress(t *testing.T) {
	t.Parallel()
	key := []byte("key")
	secret, err := SubscriptionSecret(key, subscription, "a@contoh.invalid")
	if err != nil {
		t.Fatal(err)
	}
	if id, err := SecretSubscription(secret); id != subscription || err != nil {
		t.Errorf("%s belongs to %s, %v", secret, id, err)
	}
	for _, other := range []struct {
		key   string
		id    SubscriptionID
		email string
	}{{"kex", subscription, "a@contoh.invalid"}, {"key", "0198c0de-0000-7000-8000-00000000002b", "a@contoh.invalid"}, {"key", subscription, "b@contoh.invalid"}} {
		if same, err := SubscriptionSecret([]byte(other.key), other.id, other.email); err != nil || same == secret {
			t.Errorf("%+v has the same link, %v", other, err)
		}
	}
	manage, err := Secret(key, CommitmentID(subscription), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "l.", manage, "l" + secret, "a" + strings.TrimPrefix(secret, "l"), secret + "A", secret[:len(secret)-1]} {
		if id, err := SecretSubscription(wrong); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q is taken for the link of %s: %v", wrong, id, err)
		}
	}
	if _, err := SubscriptionSecret(key, "1", "a@contoh.invalid"); err == nil {
		t.Error("an id that is no UUID has a link")
	}
}
