package table

import (
	"errors"
	"testing"
	"time"

	"ksbb/shared/aid"
)

const (
	someRecipient  = aid.RecipientID("31.74.01.1001-panti-1")
	someCommitment = aid.CommitmentID("0198c0de-0000-7000-8000-00000000002a")
)

var (
	someLeaf = aid.Leaf{Area: "31.74.01", Group: "wilayah"}
	someDay  = aid.Day("2026-03-02")
	someTime = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
)

func TestKeysOfTheMapTellWhatIsDirty(t *testing.T) {
	t.Parallel()
	for k, want := range map[key]Dirty{
		recipientKey(someLeaf, someRecipient):            {someLeaf, someRecipient},
		activityKey(someLeaf, someRecipient):             {someLeaf, someRecipient},
		needKey(someLeaf, someRecipient, "sembako"):      {someLeaf, someRecipient},
		correctionKey(someLeaf, someTime):                {Leaf: someLeaf},
		pointerKey(someRecipient):                        {Recipient: someRecipient},
		commitmentKey(someRecipient, someCommitment):     {Recipient: someRecipient},
		{"LEAF#31.74.01.1002-umkm", "31.74.01.1002-x#R"}: {aid.Leaf{Area: "31.74.01.1002", Group: "umkm"}, "31.74.01.1002-x"},
	} {
		if got, err := ParseKey(k.PK, k.SK); err != nil || got != want {
			t.Errorf("ParseKey(%q, %q) = %v, %v; want %v", k.PK, k.SK, got, err, want)
		}
	}
}

func TestOtherKeysAreForeign(t *testing.T) {
	t.Parallel()
	letter := LetterKeyOf(someCommitment, 1, aid.LetterCode)
	for _, k := range []key{
		submissionKey(someCommitment), moveKey(someCommitment, 2), challengeKey("c"), key(letter), credentialKey(someCommitment),
		revealKey(someCommitment), stewardKey(someRecipient), seenKey(someRecipient, someTime, someCommitment),
		budgetKey(budget{kind: "network", id: "n", day: someDay}), secretKey,
		{}, {"LEAF#", "31#R"}, {"LEAF#31.74.01", "31#R"}, {"LEAF#x-y", "31#R"}, {"RCPT#", "P"},
		{"LEAF#31.74.01-wilayah", ""}, {"LEAF#31.74.01-wilayah", "31.74"}, {"LEAF#31.74.01-wilayah", "#R"},
		{"LEAF#31.74.01-wilayah", "31#Z"}, {"LEAF#31.74.01-wilayah", "31#N#"}, {"leaf#31.74.01-wilayah", "31#R"},
	} {
		if got, err := ParseKey(k.PK, k.SK); !errors.Is(err, ErrForeignKey) {
			t.Errorf("ParseKey(%q, %q) = %v, %v; want a foreign key", k.PK, k.SK, got, err)
		}
		got, ok := ParseLetterKey(k.PK, k.SK)
		if want := k == key(letter); ok != want || ok && got != letter {
			t.Errorf("ParseLetterKey(%q, %q) = %v, %v; want %v", k.PK, k.SK, got, ok, want)
		}
	}
	for _, k := range []key{{"OUT#", "1#code"}, {"OUT#x", "code"}, {"OUT#x", "#code"}, {"OUT#x", "-1#code"}, {"OUT#x", "1#"}} {
		if _, ok := ParseLetterKey(k.PK, k.SK); ok {
			t.Errorf("ParseLetterKey(%q, %q) takes it for a letter", k.PK, k.SK)
		}
	}
}

func TestKeyOfWhatIsDirtyParsesBack(t *testing.T) {
	t.Parallel()
	for _, d := range []Dirty{{someLeaf, someRecipient}, {Leaf: someLeaf}, {Recipient: someRecipient}} {
		pk, sk := d.Key()
		if got, err := ParseKey(pk, sk); err != nil || got != d {
			t.Errorf("%v has the key %q, %q, which means %v, %v", d, pk, sk, got, err)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, k := range []key{recipientKey(someLeaf, someRecipient), correctionKey(someLeaf, someTime), pointerKey(someRecipient), secretKey} {
		f.Add(k.PK, k.SK)
	}
	f.Fuzz(func(t *testing.T, pk, sk string) {
		d, err := ParseKey(pk, sk)
		if err != nil {
			if !errors.Is(err, ErrForeignKey) || d != (Dirty{}) {
				t.Fatalf("ParseKey(%q, %q) = %v, %v", pk, sk, d, err)
			}
			return
		}
		if d == (Dirty{}) {
			t.Fatalf("ParseKey(%q, %q) found nothing dirty and no error", pk, sk)
		}
		again, err := ParseKey(d.Key())
		if err != nil || again != d {
			t.Fatalf("ParseKey(%q, %q) = %v; its own key means %v, %v", pk, sk, d, again, err)
		}
	})
}
