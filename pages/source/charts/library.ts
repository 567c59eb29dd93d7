// The parts of Chart.js that the page draws with. Loaded when the first chart is shown.

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  Legend,
  PointElement,
  ScatterController,
  Tooltip,
);

export { Chart };
