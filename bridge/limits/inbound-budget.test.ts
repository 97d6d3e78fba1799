import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EARLY_BUDGET, EARLY_MESSAGE, INBOUND_BUDGET, InboundBudget } from './inbound-budget.ts';

const CHUNK = 512;

/** A client whose socket and WebSocket tell what they would. */
class Client {
  readonly websocket = Object.assign(new EventEmitter(), { readyState: WebSocket.OPEN as number });
  readonly socket = new EventEmitter();
  readonly events: string[] = [];
  readonly inbound;

  constructor(budget: InboundBudget) {
    this.inbound = budget.add(this.websocket as unknown as WebSocket, this.socket as Socket, {
      onFlood: () => this.events.push('flood'),
      onEvicted: () => {
        this.events.push('evicted');
        this.websocket.emit('close');
      },
    });
  }

  /** A chunk with these complete messages in it, and the beginning of another. */
  chunk(size: number, messages: readonly number[] = [], kind = 'message'): void {
    for (const length of messages) this.websocket.emit(kind, { length });
    this.socket.emit('data', { length: size });
  }
}

it('counts what is not complete, and what waits for a target until the client is linked', () => {
  const budget = new InboundBudget();
  const client = new Client(budget);
  client.chunk(1000);
  client.chunk(500);
  expect(budget.held).toBe(1500 + 2 * CHUNK);
  client.chunk(508, [2000]);
  expect(budget.held).toBe(2000);
  client.inbound.linked();
  expect(budget.held).toBe(0);
  client.chunk(100 + 6 + 40, [100]);
  expect(budget.held).toBe(40 + CHUNK);
  client.chunk(10, [4], 'ping');
  expect(budget.held).toBe(40 + 2 * CHUNK);
  client.websocket.emit('close');
  expect(budget.held).toBe(0);
  expect(budget.most).toBe(1500 + 2 * CHUNK);
});

it('knows a flood before a client has said anything, in parts or whole, and none behind that', () => {
  const budget = new InboundBudget();
  for (const flood of [
    (client: Client) => [client.chunk(EARLY_MESSAGE), client.chunk(1), client.chunk(1)],
    (client: Client) => client.chunk(EARLY_MESSAGE + 9, [EARLY_MESSAGE + 1]),
  ]) {
    const [stranger, known] = [new Client(budget), new Client(budget)];
    known.inbound.greeted();
    for (const client of [stranger, known]) flood(client);
    expect(stranger.events).toEqual(['flood']);
    expect(known.events).toEqual([]);
  }
});

it('evicts one that goes on sending after it was refused', () => {
  const budget = new InboundBudget();
  const client = new Client(budget);
  client.websocket.readyState = WebSocket.CLOSING;
  for (let sent = 0; sent < 64; sent++) client.chunk(1024, [1016]);
  expect(client.events).toEqual([]);
  client.chunk(1024, [1016]);
  expect(client.events).toEqual(['evicted']);
});

it('never holds more than its budget of strangers, and evicts those who have most', () => {
  const budget = new InboundBudget();
  const modest = new Client(budget);
  const linked = new Client(budget);
  linked.inbound.linked();
  modest.chunk(200);
  linked.chunk(100_000);
  const strangers = Array.from({ length: 2000 }, () => new Client(budget));
  for (const stranger of strangers) stranger.chunk(15_000);
  for (const stranger of strangers) stranger.chunk(1, []);
  expect(budget.most).toBeLessThanOrEqual(EARLY_BUDGET + 100_000 + CHUNK);
  expect(strangers.filter(({ events }) => events.includes('evicted')).length).toBeGreaterThan(1000);
  expect([...modest.events, ...linked.events]).toEqual([]);
});

it('one-byte chunks cost what they cost', () => {
  const budget = new InboundBudget();
  const strangers = Array.from({ length: 100 }, () => new Client(budget));
  for (let at = 0; at < 500; at++) for (const stranger of strangers) stranger.chunk(1);
  expect(budget.most).toBeLessThanOrEqual(EARLY_BUDGET);
  expect(strangers.filter(({ events }) => events.includes('evicted')).length).toBeGreaterThan(50);
});

it('has a budget for all clients too', () => {
  const budget = new InboundBudget();
  const clients = Array.from({ length: 300 }, () => new Client(budget));
  for (const client of clients) {
    client.inbound.linked();
    client.chunk(120_000);
  }
  expect(budget.most).toBeLessThanOrEqual(INBOUND_BUDGET);
});
