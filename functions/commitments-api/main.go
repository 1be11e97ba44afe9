// Command commitments-api answers the endpoints of collaborators behind API
// Gateway: it takes commitments, verifies the channel of whoever made them,
// shows them their own commitment and the steward's contact, and takes
// commitments back.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EDGE_KEY is the word that CloudFront shows; empty where there is no CloudFront.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("commitments-api cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	// The key is read here, where the processor is at full speed and nobody
	// waits: it opens the connection that the first request will use. Should it
	// fail, that request asks again.
	soon, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := facts.Key(soon); err != nil {
		slog.Warn("installation key not read yet", "err", err)
	}
	s := &server{store: facts, pack: pack, now: time.Now, effort: effort, edgeKey: env("EDGE_KEY")}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
