// Command function does what its event tells it to, so that tests can see a
// function succeed, fail, crash, hang and speak to DynamoDB, S3 and SES.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	mail "github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"ksbb/shared/blob"
)

var invocations int

func main() {
	if os.Getenv("DIE_AT_START") != "" {
		fmt.Println("cannot start")
		os.Exit(3)
	}
	lambda.Start(handle)
}

// An order is what a test wants done.
type order struct {
	Do     string
	Text   string
	Upload blob.Upload
}

func handle(ctx context.Context, raw json.RawMessage) (any, error) {
	invocations++
	var http events.APIGatewayV2HTTPRequest
	if json.Unmarshal(raw, &http) == nil && http.Version == "2.0" {
		return answer(ctx, http, raw)
	}
	var stream events.DynamoDBEvent
	if json.Unmarshal(raw, &stream) == nil && len(stream.Records) > 0 && stream.Records[0].EventSource == "aws:dynamodb" {
		return changes(ctx, stream, raw)
	}
	var files struct {
		Records []struct {
			EventSource, EventName string
			S3                     struct{ Object struct{ Key string } }
		}
	}
	if json.Unmarshal(raw, &files) == nil && len(files.Records) > 0 && files.Records[0].EventSource == "aws:s3" {
		return nil, keep(ctx, "file", files.Records[0].EventName+" "+files.Records[0].S3.Object.Key)
	}
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	return obey(ctx, o, raw)
}

func obey(ctx context.Context, o order, raw json.RawMessage) (any, error) {
	switch o.Do {
	case "fail":
		return nil, errors.New("told to fail: " + o.Text)
	case "panic":
		panic("told to panic")
	case "exit":
		fmt.Println("told to exit")
		os.Exit(7)
	case "hang":
		select {}
	case "sleep":
		d, err := time.ParseDuration(o.Text)
		if err != nil {
			return nil, err
		}
		time.Sleep(d)
		return map[string]any{"pid": os.Getpid()}, nil
	case "sign":
		inbox, err := blob.OpenVault(ctx, os.Getenv("INBOX"))
		if err != nil {
			return nil, err
		}
		return inbox.SignPut(ctx, o.Text, o.Upload)
	case "huge":
		return strings.Repeat("x", 7<<20), nil
	case "who":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return map[string]any{
			"pid": os.Getpid(), "invocations": invocations, "arn": lc.InvokedFunctionArn, "name": lambdacontext.FunctionName,
			"memory": lambdacontext.MemoryLimitInMB, "greeting": os.Getenv("GREETING"), "home": os.Getenv("HOME"),
			"left": time.Until(deadline).Seconds(),
		}, nil
	}
	return json.RawMessage(raw), nil
}

func answer(ctx context.Context, r events.APIGatewayV2HTTPRequest, raw json.RawMessage) (any, error) {
	if r.RawPath == "/v1/echo" || strings.HasPrefix(r.RawPath, "/v1/echo/") {
		return events.APIGatewayV2HTTPResponse{
			StatusCode: 201, Headers: map[string]string{"Content-Type": "application/json", "X-One": "1"},
			Cookies: []string{"a=1; Path=/", "b=2"}, Body: string(raw),
		}, nil
	}
	if r.RawPath == "/v1/binary" {
		return events.APIGatewayV2HTTPResponse{
			StatusCode: 200, Headers: map[string]string{"Content-Type": "application/pdf"},
			Body: base64.StdEncoding.EncodeToString([]byte{0, 1, 2, 255}), IsBase64Encoded: true,
		}, nil
	}
	if r.RawPath == "/v1/mail" {
		c, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, err
		}
		_, err = sesv2.NewFromConfig(c).SendEmail(ctx, &sesv2.SendEmailInput{
			FromEmailAddress: aws.String("from@example.org"), Destination: &mail.Destination{ToAddresses: []string{"to@example.org"}},
			Content: &mail.EmailContent{Simple: &mail.Message{
				Subject: &mail.Content{Data: aws.String("Kode Anda")},
				Body:    &mail.Body{Text: &mail.Content{Data: aws.String("123456")}, Html: &mail.Content{Data: aws.String("<b>123456</b>")}},
			}},
		})
		return map[string]string{"sent": "yes"}, err
	}
	var o order
	if err := json.Unmarshal([]byte(r.Body), &o); err != nil {
		return nil, err
	}
	return obey(ctx, o, json.RawMessage(r.Body))
}

// changes keeps what it was given, and refuses records whose key begins with
// BAD, by name, and batches with a record whose key begins with THROW.
func changes(ctx context.Context, e events.DynamoDBEvent, raw json.RawMessage) (any, error) {
	var keys []string
	for _, r := range e.Records {
		keys = append(keys, r.Change.Keys["PK"].String())
	}
	if err := keep(ctx, "batch", strings.Join(keys, ",")); err != nil {
		return nil, err
	}
	if err := keep(ctx, "record", string(raw)); err != nil {
		return nil, err
	}
	for _, r := range e.Records {
		switch key := r.Change.Keys["PK"].String(); {
		case strings.HasPrefix(key, "THROW"):
			return nil, errors.New("cannot handle " + key)
		case strings.HasPrefix(key, "BAD"):
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}}}, nil
		}
	}
	return events.DynamoDBEventResponse{}, nil
}

// keep writes an object that a test can count: the function's own log.
func keep(ctx context.Context, kind, text string) error {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	if table := os.Getenv("SEEN_TABLE"); table != "" {
		_, err = dynamodb.NewFromConfig(c).PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"PK":   &types.AttributeValueMemberS{Value: os.Getenv("AWS_LAMBDA_FUNCTION_NAME") + " " + kind},
			"SK":   &types.AttributeValueMemberS{Value: fmt.Sprintf("%020d", time.Now().UnixNano())},
			"text": &types.AttributeValueMemberS{Value: text},
		}})
		if err != nil {
			return err
		}
	}
	if bucket := os.Getenv("SEEN_BUCKET"); bucket != "" {
		_, err = s3.NewFromConfig(c).PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: aws.String("seen/" + kind), Body: strings.NewReader(text),
		})
	}
	return err
}
