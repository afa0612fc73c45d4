import express, { type Request, type RequestHandler, type Response } from 'express'
import type { App } from '../shared/app.js'
import { writeAnswer } from '../shared/http/answers.js'
import { type Answer, type HttpRequest, maxBodyBytes, toRequest } from '../shared/http/exchange.js'

/** Reads a body as bytes: whether they are JSON in UTF-8 is the routes' affair. */
export const readBytes: RequestHandler = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false })

/** A request of Express as the routes see it. */
export const exchangeOf = (app: App, request: Request): HttpRequest =>
  toRequest(app, request, { params: request.params as Record<string, string>, body: request.body })

/** Sends what a route answered. */
export function send(response: Response, answer: Answer): void {
  const { status, headers, payload } = writeAnswer(answer)
  response.status(status).set(headers).end(payload)
}
