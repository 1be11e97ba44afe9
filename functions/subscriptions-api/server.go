package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// server answers the endpoints of subscriptions. Its fields are all it needs
// from outside; a test replaces them one by one.
type server struct {
	store store
	zone  *time.Location
	now   func() time.Time
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
}

// store is the part of the tables these endpoints use. Nothing in it lists
// subscribers, or finds one by an address.
type store interface {
	Key(context.Context) ([]byte, error)
	Subscribe(context.Context, table.SubscriptionRequest) (aid.Subscription, bool, error)
	Subscribed(ctx context.Context, id aid.SubscriptionID, fingerprint string, now time.Time) (aid.Subscription, bool, error)
	Subscription(ctx context.Context, id aid.SubscriptionID, now time.Time) (aid.Subscription, error)
	ConfirmSubscription(ctx context.Context, asked aid.Subscription, at time.Time) (aid.Subscription, error)
	EndSubscription(context.Context, aid.SubscriptionID) error
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
}

const endPath = "/v1/subscriptions/{id}/end"

func (s *server) handler() http.Handler {
	return oneClick(web.Handler(web.API{Title: "KSBB subscriptions to reports", Version: "1", EdgeKey: s.edgeKey}, s.register))
}

// oneClick drops the body of requests that end a subscription: mail programs
// send a form there (RFC 8058), which nothing else here reads. A form on a
// foreign page can do no more than they, and has to know the id.
func oneClick(h http.Handler) http.Handler {
	before, after, _ := strings.Cut(endPath, "{id}")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, before) && strings.HasSuffix(r.URL.Path, after) {
			r.Body, r.ContentLength = http.NoBody, 0
			r.Header.Del("Content-Type")
		}
		h.ServeHTTP(w, r)
	})
}

func (s *server) register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "putSubscription", Method: http.MethodPut, Path: "/v1/subscriptions/{id}", DefaultStatus: http.StatusCreated,
		Summary:     "Ask for public reports by e-mail, under an id of one's own making",
		Description: "A letter asks the address to confirm. The answer tells nothing of the address. Sending the same again gives the same answer.",
	}, s.put)
	huma.Register(api, huma.Operation{
		OperationID: "confirmSubscription", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/confirmation",
		Security:    []map[string][]string{{web.BearerScheme: {}}},
		Summary:     "Prove the address, with the secret of the letter",
		Description: "Ends any other subscription of the same address.",
	}, s.confirm)
	huma.Register(api, huma.Operation{
		OperationID: "endSubscription", Method: http.MethodPost, Path: endPath, DefaultStatus: http.StatusNoContent,
		Summary:     "End a subscription and delete its address",
		Description: "The id is all it takes, so that a mail program can do it with one click (RFC 8058); whatever is sent along is ignored. The answer is the same whether there was anything to end.",
	}, s.end)
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// perNetwork is how many subscriptions one network may ask for on a day. An
// office behind one address asks for fewer; a list of addresses to bother is
// longer. How many letters go to one address is counted where they are sent.
const perNetwork = 30

// spend charges the caller's network for something asked.
func (s *server) spend(ctx context.Context, key []byte) error {
	return s.store.Spend(ctx, "subscription", aid.KeyedHash(key, "network", web.Network(ctx)), aid.DayOf(s.instant(), s.zone), perNetwork)
}
