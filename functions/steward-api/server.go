package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// server answers the steward endpoints. Its fields are all it needs from
// outside; a test replaces them one by one.
type server struct {
	store store
	pack  *region.Pack
	// region is the pack as it stands: what the office amends.
	region *catalogue.Current
	now    func() time.Time
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
}

// store is the part of the tables these endpoints use.
type store interface {
	Key(context.Context) ([]byte, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error)
	Locate(context.Context, aid.CommitmentID) (aid.RecipientID, error)
	Move(context.Context, table.Change) error

	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	RecordLook(ctx context.Context, l table.Look, day aid.Day) error
	LooksAtSteward(context.Context, aid.RecipientID) ([]table.Look, error)

	Access(context.Context, aid.RecipientID) (table.Access, error)
	Pause(ctx context.Context, r aid.RecipientID, paused bool) error
	ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error
	SetPlan(ctx context.Context, leaf aid.Leaf, r aid.RecipientID, p aid.Plan, at time.Time) error

	Try(ctx context.Context, kind, id string, day aid.Day, limit int) (left int, err error)
	GiveBack(ctx context.Context, kind, id string, day aid.Day) error
}

func (s *server) handler() http.Handler {
	return s.region.Handler(web.Handler(web.API{Title: "KSBB stewards", Version: "1", EdgeKey: s.edgeKey}, s.register))
}

func (s *server) register(api huma.API) {
	secret := []map[string][]string{{web.BearerScheme: {}}}
	const (
		home   = "/v1/steward"
		one    = home + "/commitments/{id}"
		repeat = "Sending the same again changes nothing."
	)
	huma.Register(api, huma.Operation{
		OperationID: "getSteward", Method: http.MethodGet, Path: home, Security: secret,
		Summary: "What a link lets a steward see: a recipient with its needs and commitments, or one commitment",
	}, s.get)
	huma.Register(api, huma.Operation{
		OperationID: "revealCollaborator", Method: http.MethodPost, Path: one + "/contact", Security: secret,
		Summary: "The contact of the collaborator, logged",
	}, s.contact)
	huma.Register(api, huma.Operation{
		OperationID: "confirmContacted", Method: http.MethodPost, Path: one + "/contacted", Security: secret,
		Summary: "Say that the two sides have spoken; stops the clock", Description: repeat,
	}, s.contacted)
	huma.Register(api, huma.Operation{
		OperationID: "putReceipt", Method: http.MethodPut, Path: one + "/receipts/{deliveryId}", Security: secret,
		Summary:     "Say what of a delivery was received",
		Description: "A delivery that nobody reported yet is reported with it, under an id of one's own making. " + repeat,
	}, s.receive)
	huma.Register(api, huma.Operation{
		OperationID: "confirmNeed", Method: http.MethodPost, Path: home + "/needs/{id}/confirmation", Security: secret,
		Summary: "Say that a need is still there, or that what is promised is enough", Description: repeat,
	}, s.confirm)
	huma.Register(api, huma.Operation{
		OperationID: "pauseContact", Method: http.MethodPost, Path: home + "/contact", Security: secret,
		Summary: "Have one's own contact shown to nobody for a time, or again", Description: repeat,
	}, s.pause)
	huma.Register(api, huma.Operation{
		OperationID: "putPlan", Method: http.MethodPut, Path: home + "/plan", Security: secret,
		Summary: "Say how too few packages are shared out; public", Description: repeat,
	}, s.plan)
	huma.Register(api, huma.Operation{
		OperationID: "openReceipt", Method: http.MethodPost, Path: "/v1/receipts/{bastNumber}",
		Summary: "What the code printed on a hand-over sheet confirms",
	}, s.open)
	huma.Register(api, huma.Operation{
		OperationID: "putReceiptByCode", Method: http.MethodPut, Path: "/v1/receipts/{bastNumber}",
		Summary: "Say what was received, with the code printed on the hand-over sheet", Description: "A sheet is answered once. " + repeat,
	}, s.receiveByCode)
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *server) today() aid.Day { return aid.DayOf(s.instant(), s.pack.Zone) }

func (s *server) catalogue() *aid.Catalogue { return s.region.Last().Catalogue() }
