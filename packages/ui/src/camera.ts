import type { DecodedCode } from './decode-image.ts';
import { decodeImage } from './decode-image.ts';

export type CameraProblem = 'denied' | 'absent' | 'insecure';

/** Longest side of a frame handed to the reader; more only costs time. */
const frameSideMax = 960;
const frameMs = 120;

function problemOf(cause: unknown): CameraProblem {
  const name = cause instanceof DOMException ? cause.name : '';
  return name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'absent';
}

/** Opens the back camera. Gives the stream, or why there is none. */
export async function openCamera(): Promise<MediaStream | CameraProblem> {
  if (!globalThis.isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia) return 'absent';
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (cause) {
    return problemOf(cause);
  }
}

/** Ends every track, so that the camera's light goes out. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The torch of a stream's camera; null when it has none. */
export function torchOf(stream: MediaStream): ((on: boolean) => Promise<void>) | null {
  const track = stream.getVideoTracks()[0];
  const capabilities = track?.getCapabilities?.() as
    | (MediaTrackCapabilities & { torch?: boolean })
    | undefined;
  if (!track || !capabilities?.torch) return null;
  return (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}

/** Reads codes off a playing video until stopped; the next frame is taken only when the last is done. */
export function readFrames(video: HTMLVideoElement, onCode: (code: DecodedCode) => void): () => void {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async () => {
    if (context && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) {
      const scale = Math.min(1, frameSideMax / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const code = await decodeImage(context.getImageData(0, 0, canvas.width, canvas.height));
      if (code && !stopped) onCode(code);
    }
    if (!stopped) timer = setTimeout(look, frameMs);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
