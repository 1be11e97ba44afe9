package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// decisions is how often a move is decided anew when another one was faster.
const decisions = 5

// move reads, decides and stores, and returns the commitment as it then stands.
// Whoever was overtaken decides again on what is there now. The change that
// decide returns holds the commitment after the move, the same version when
// there is nothing to do, and its letters.
func (s *server) move(ctx context.Context, read func() (aid.Commitment, error), decide func(aid.Commitment, time.Time) (table.Change, error)) (aid.Commitment, error) {
	for range decisions {
		before, err := read()
		if err != nil {
			return aid.Commitment{}, err
		}
		now := s.instant()
		change, err := decide(before, now)
		if err != nil {
			return aid.Commitment{}, fmt.Errorf("commitment %s: %w", before.ID, err)
		}
		if change.After.Version == before.Version {
			return before, nil
		}
		change.Move = change.After.Log[len(change.After.Log)-1].Move
		change.Before, change.At = before, now
		switch err := s.store.Move(ctx, change); {
		case err == nil:
			return s.store.Commitment(ctx, before.Recipient, before.ID)
		case !errors.Is(err, aid.ErrStale):
			return aid.Commitment{}, err
		}
	}
	return aid.Commitment{}, fmt.Errorf("receipt: %w", aid.ErrBusy)
}

// receive records what of a delivery was received.
func (s *server) receive(ctx context.Context, in *receiptInput) (*stewardAnswer, error) {
	who, err := s.caller(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	if !who.whole() && who.commitment != in.ID {
		return nil, errNoSecret
	}
	id := aid.DeliveryID(in.Delivery)
	_, err = s.move(ctx, func() (aid.Commitment, error) {
		c, err := s.store.Commitment(ctx, who.recipient, in.ID)
		if err == nil && c.PledgedAt.IsZero() {
			err = errNoSecret
		}
		return c, err
	}, func(c aid.Commitment, now time.Time) (table.Change, error) {
		if _, reported := c.Delivery(id); !reported {
			if parsed, err := uuid.Parse(in.Delivery); err != nil || parsed.String() != in.Delivery {
				return table.Change{}, invalid("/deliveryId", "unknown", "want a delivery of the commitment, or a UUID in lower case")
			}
		}
		change, err := s.answered(c, id, in.Body, who.via, now)
		// A link that was handed over ends with the last answer. To say that answer
		// again changes nothing, and an answer that was lost is asked for again.
		if !who.whole() && !awaitsHandover(c) && (err != nil || change.After.Version != c.Version) {
			return table.Change{}, errNoSecret
		}
		return change, err
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, who)
}

// answered decides on a receipt, with the letters that go out for it.
func (s *server) answered(c aid.Commitment, id aid.DeliveryID, said answeredBody, via aid.Via, now time.Time) (table.Change, error) {
	quantities, err := quantitiesOf(c, said)
	if err != nil {
		return table.Change{}, err
	}
	after, err := c.ReceivedAs(aid.ReceiptAnswer{Delivery: id, Answer: said.Answer, Quantities: quantities, Via: via}, now, s.catalogue())
	if err != nil {
		return table.Change{}, err
	}
	letters := []aid.LetterKind{aid.LetterReceived}
	if d, _ := after.Delivery(id); d.Open() {
		letters = []aid.LetterKind{aid.LetterDisputed, aid.LetterOfficeDispute}
	}
	if via != aid.ViaSteward {
		// What passed through other hands is told to the steward: was it you?
		letters = append(letters, aid.LetterStewardReceipt)
	}
	return table.Change{After: after, Letters: letters}, nil
}

// quantitiesOf returns one figure for each line of a commitment. Lines that are
// not named count 0. Only an answer of fewer names any.
func quantitiesOf(c aid.Commitment, said answeredBody) ([]int64, error) {
	if said.Answer != aid.Fewer {
		return nil, nil
	}
	quantities, seen := make([]int64, len(c.Lines)), map[int]bool{}
	for i, n := range said.Lines {
		at := fmt.Sprintf("/lines/%d/line", i)
		if n.Line < 0 || n.Line >= len(quantities) {
			return nil, invalid(at, "unknown", "the commitment has no such line")
		}
		if seen[n.Line] {
			return nil, invalid(at, "duplicate", "the same line twice")
		}
		seen[n.Line] = true
		quantities[n.Line] = n.Quantity
	}
	return quantities, nil
}

const (
	// triesPerSheet is how many wrong codes one sheet takes in a day.
	triesPerSheet = 5
	// triesPerNetwork is how many wrong codes one network may try in a day, over
	// all sheets.
	triesPerNetwork = 30
)

// sheet is one hand-over sheet that somebody holds.
type sheet struct {
	number     aid.BASTNumber
	recipient  aid.RecipientID
	commitment aid.CommitmentID
}

// open answers what the code on a sheet would confirm.
func (s *server) open(ctx context.Context, in *sheetInput) (*sheetAnswer, error) {
	held, err := s.hold(ctx, in.Number, in.Body.Code)
	if err != nil {
		return nil, err
	}
	c, err := s.store.Commitment(ctx, held.recipient, held.commitment)
	if err != nil {
		return nil, err
	}
	return s.answerSheet(ctx, held, c)
}

// receiveByCode records a receipt by the code on a sheet. A sheet is answered
// once: whoever wants to correct it needs the steward's own link.
func (s *server) receiveByCode(ctx context.Context, in *sheetReceiptInput) (*sheetAnswer, error) {
	held, err := s.hold(ctx, in.Number, in.Body.Code)
	if err != nil {
		return nil, err
	}
	c, err := s.move(ctx, func() (aid.Commitment, error) {
		return s.store.Commitment(ctx, held.recipient, held.commitment)
	}, func(c aid.Commitment, now time.Time) (table.Change, error) {
		id, was := held.delivery(c)
		change, err := s.answered(c, id, answeredBody{in.Body.Answer, in.Body.Lines}, aid.ViaBAST, now)
		if err == nil && was.Answer != "" && change.After.Version != c.Version {
			err = &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Steward)}
		}
		return change, err
	})
	if err != nil {
		return nil, err
	}
	return s.answerSheet(ctx, held, c)
}

// hold returns the sheet with this number, if the code is its own.
//
// A try is taken before the code is compared, from the sheet and from the
// network, and given back when the code is right: so nobody who holds the sheet
// ever runs out of them. A sheet that could not be answered, because nothing was
// signed, is as unknown as one that never was.
func (s *server) hold(ctx context.Context, typed, code string) (sheet, error) {
	number, named, err := aid.ParseBAST(typed)
	if err != nil {
		return sheet{}, err
	}
	recipient, id, err := s.store.Find(ctx, named)
	if err != nil {
		return sheet{}, err
	}
	c, err := s.store.Commitment(ctx, recipient, id)
	if err != nil {
		return sheet{}, err
	}
	held := sheet{number, recipient, id}
	if !held.printed(c) {
		return sheet{}, fmt.Errorf("BAST %s: %w", number, aid.ErrNotFound)
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return sheet{}, err
	}
	today, network := s.today(), aid.KeyedHash(key, "network", web.Network(ctx))
	if _, err := s.store.Try(ctx, "network-bast", network, today, triesPerNetwork); err != nil {
		return sheet{}, err
	}
	left, err := s.store.Try(ctx, "bast", string(number), today, triesPerSheet)
	if err != nil {
		return sheet{}, err
	}
	if !aid.Equal(aid.BASTCode(key, number), aid.CleanBASTCode(code)) {
		return sheet{}, &aid.CodeError{Left: left}
	}
	if err := s.store.GiveBack(ctx, "bast", string(number), today); err != nil {
		return sheet{}, err
	}
	return held, s.store.GiveBack(ctx, "network-bast", network, today)
}

// printed tells whether there is, or may be, a sheet with this number: that of a
// delivery, or of the next one.
func (h sheet) printed(c aid.Commitment) bool {
	for _, d := range c.Deliveries {
		if d.Number == h.number {
			return true
		}
	}
	return c.Allows(aid.Report) && c.NextBAST() == h.number
}

// delivery returns the delivery that the sheet is about, and its id only when it
// is still to come. That id follows from the number, so that the same sheet sent
// twice is one delivery.
func (h sheet) delivery(c aid.Commitment) (aid.DeliveryID, aid.Delivery) {
	for _, d := range c.Deliveries {
		if d.Number == h.number {
			return d.ID, d
		}
	}
	return aid.DeliveryID(uuid.NewSHA1(uuid.NameSpaceURL, []byte("ksbb:"+string(h.number))).String()), aid.Delivery{}
}

func (s *server) answerSheet(ctx context.Context, held sheet, c aid.Commitment) (*sheetAnswer, error) {
	place, _, err := s.store.Place(ctx, held.recipient)
	if err != nil {
		return nil, err
	}
	may := []string{}
	if _, was := held.delivery(c); was.Answer == "" && c.Allows(aid.Receive) {
		may = append(may, string(aid.Receive))
	}
	return &sheetAnswer{sheetBody{s.commitmentBodyOf(c, may), recipientBodyOf(place.Recipient)}}, nil
}

// invalid refuses one member.
func invalid(pointer, code, detail string) error {
	return &aid.InvalidError{Fields: []aid.Field{{Pointer: pointer, Code: code, Detail: detail}}}
}
