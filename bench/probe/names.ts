/** A name server on loopback that makes its answers up. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';

/** @param addressOf the IPv4 address of a name; without one, the name does not exist. @returns `127.0.0.1:PORT` */
export async function answerNames(addressOf: (name: string) => string | undefined): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const { id = 0, questions = [] } = packet.decode(message);
    const [question] = questions;
    const found = question && addressOf(question.name);
    const reply = packet.encode({
      type: 'response',
      id,
      flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (found === undefined ? nameError : 0),
      questions,
      answers: found && question.type === 'A' ? [{ type: 'A', name: question.name, ttl: 60, data: found }] : [],
    });
    socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
}

/** RFC 1035 section 4.1.1. */
const nameError = 3;
